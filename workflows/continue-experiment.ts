import { allHandlersFinished, condition, makeContinueAsNewFunc, workflowInfo } from '@temporalio/workflow';
import type { ExperimentState } from './domain/experiment-state.ts';
import type { Hold } from './domain/hold.ts';
import type { Mailbox } from './domain/mailbox.ts';
import type { experiment } from './experiment.ts';
import type { FrontDesk } from './front-desk.ts';
import type { CarriedNotices } from './notice-board.ts';

/** What one run of the experiment's workflow hands to the next. */
export interface CarriedState {
  state: ExperimentState;
  mailbox: Mailbox;
  notices?: CarriedNotices;
  /** What is waited for. */
  hold?: Hold | null;
}

/** Temporal knows its own limits: it suggests a new run by the length of the history, or for a newer worker version. */
export function shouldContinueAsNew(): boolean {
  const { continueAsNewSuggested, targetWorkerDeploymentVersionChanged } = workflowInfo();
  return continueAsNewSuggested || targetWorkerDeploymentVersionChanged;
}

/**
 * Hands over between two trials, when nothing is in flight. The whole memo is passed again: an upserted one is lost
 * otherwise. A message that arrives in this very moment makes the server ask for the task anew, so it is not lost.
 */
export async function continueExperiment(desk: FrontDesk, state: ExperimentState): Promise<never> {
  do {
    await condition(allHandlersFinished);
    await desk.settleMessages();
  } while (!allHandlersFinished());
  const next = makeContinueAsNewFunc<typeof experiment>({ memo: { ...workflowInfo().memo, title: state.title } });
  const { pending, problems } = desk.notices;
  const carried = { state, mailbox: desk.mailbox, notices: { pending, problems }, hold: desk.hold() };
  return await next({ title: state.title }, carried);
}
