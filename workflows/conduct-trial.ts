import {
  CancellationScope,
  condition,
  isCancellation,
  log,
  ParentClosePolicy,
  startChild,
  type ChildWorkflowHandle,
} from '@temporalio/workflow';
import { allowanceForSearch } from './domain/allowance.ts';
import { nothingSpent, trainingDeadlineSeconds } from './domain/budget.ts';
import type { ExperimentState } from './domain/experiment-state.ts';
import type { Guidance } from './domain/guidance.ts';
import { bestTrial, shorten } from './domain/journal.ts';
import { nextStep } from './domain/search-policy.ts';
import { steered, steeredUse } from './domain/steering.ts';
import {
  describeStep,
  trialWorkflowId,
  type ExperimentIdentity,
  type TrialInput,
  type TrialResult,
} from './domain/trial.ts';
import { trialSummary } from './domain/trial-summary.ts';
import type { FrontDesk } from './front-desk.ts';
import { guidanceSignal } from './messages.ts';
import { settled, type Settled } from './settled.ts';
import type { trial } from './trial.ts';

/**
 * Runs the next trial as a child workflow, and meanwhile takes what people say. A `stop` or an `abandonTrial` ends the
 * trial where it is; its training is stopped; what it had measured is not counted, but what its calls of language
 * models and its trainings have used is. While it is paused at once, the clock stands still.
 */
export async function conductTrial(
  desk: FrontDesk,
  experiment: ExperimentIdentity,
  state: ExperimentState,
): Promise<TrialResult> {
  const input = trialInput(desk, experiment, state);
  const step = describeStep(input.step);
  desk.enter({ kind: 'trial', number: input.number, step }, state);

  const scope = new CancellationScope();
  const child = await scope.run(() =>
    startChild<typeof trial>('trial', {
      args: [input],
      workflowId: trialWorkflowId(experiment.id, input.number),
      staticSummary: trialSummary(input.number, step),
      parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
    }),
  );
  const end = settled(child.result());
  const isOver = () => end.now !== null || endingOf(desk, input.number) !== null;
  const recorded = async () => {
    if (end.now === null) await tell(child, guidanceFor(desk, state));
  };
  try {
    while (!isOver()) {
      await desk.waitFor(() => isOver() || standsStill(desk), recorded);
      if (!isOver()) await desk.standStill(() => isOver() || !standsStill(desk), recorded);
    }
    scope.cancel();
    await condition(() => end.now !== null);
  } catch (error) {
    // The experiment itself is cancelled, or cannot go on: it ends when its trial has, so that nothing is left running.
    scope.cancel();
    await CancellationScope.nonCancellable(() => condition(() => end.now !== null));
    throw error;
  }
  return resultOf(end.now, { input, desk });
}

/** Time in which nothing goes on, since a person wants it so or is waited for. */
function standsStill({ mailbox, trial }: FrontDesk): boolean {
  return mailbox.isHalted || trial.hold !== null;
}

/** Who has ended the trial before its time, and how; null: nobody. */
function endingOf({ mailbox }: FrontDesk, trial: number): string | null {
  const { abandoned, stopRequest } = mailbox;
  if (abandoned?.trial === trial) return `abandoned by ${abandoned.by}: ${abandoned.reason}`;
  return stopRequest === null ? null : `stopped by ${stopRequest.by}: ${stopRequest.reason}`;
}

function trialInput(desk: FrontDesk, experiment: ExperimentIdentity, state: ExperimentState): TrialInput {
  const { journal, metric, settings } = state;
  const { mailbox } = desk;
  return {
    experiment,
    number: journal.length + 1,
    step: nextStep(journal, metric),
    metric,
    seeds: settings.seeds,
    deadlineSeconds: trainingDeadlineSeconds(steeredUse(state, mailbox, Date.now())),
    resources: state.resources,
    packages: settings.packages,
    planVersion: state.plan.version,
    tasks: state.tasks,
    earlierTrials: journal.map((entry) => entry.trial),
    best: bestTrial(journal, metric),
    guidance: guidanceFor(desk, state),
    whenSpent: settings.budget.whenSpent,
  };
}

function guidanceFor({ mailbox }: FrontDesk, state: ExperimentState): Guidance {
  const { settings, spending } = steered(state, mailbox, nothingSpent);
  const { recorded: messages, nudges, isHalted } = mailbox;
  const allowance = allowanceForSearch(settings.budget, spending);
  return { messages, nudges, models: settings.models, allowance, isHalted };
}

/**
 * What was abandoned does not count, also where it had ended by itself in that very moment. What was to end early must
 * not fail the experiment: it has a report to write.
 */
function resultOf(end: Settled<TrialResult> | null, conducted: { input: TrialInput; desk: FrontDesk }): TrialResult {
  const { input, desk } = conducted;
  if (end?.kind === 'value') {
    const isAbandoned = desk.mailbox.abandoned?.trial === input.number;
    return isAbandoned ? { ...stoppedTrial(input, desk), spending: end.value.spending } : end.value;
  }
  if (end === null || (!isCancellation(end.error) && endingOf(desk, input.number) === null)) throw end?.error;
  if (!isCancellation(end.error)) log.warn('a trial that was ended has failed', { error: String(end.error) });
  return stoppedTrial(input, desk);
}

/** The trial may end in the very moment in which it is told something: then there is nobody left to tell. */
async function tell(child: ChildWorkflowHandle<typeof trial>, guidance: Guidance): Promise<void> {
  try {
    await child.signal(guidanceSignal, guidance);
  } catch (error) {
    if (isCancellation(error)) throw error;
  }
}

function stoppedTrial(input: TrialInput, desk: FrontDesk): TrialResult {
  const ending = endingOf(desk, input.number) ?? 'stopped';
  return {
    number: input.number,
    step: input.step,
    title: 'stopped',
    outcome: { kind: 'stopped' },
    finding: shorten(`It had no outcome yet when it was ${ending}`, 600),
    verdict: 'continue',
    reason: shorten(ending, 400),
    taskUpdates: [],
    spending: desk.trial.spending,
    script: null,
    sandbox: null,
    shortage: null,
  };
}
