import {
  CancellationScope,
  condition,
  isCancellation,
  ParentClosePolicy,
  startChild,
  type ChildWorkflowHandle,
} from '@temporalio/workflow';
import { allowanceForSearch } from './domain/allowance.ts';
import { nothingSpent, trainingDeadlineSeconds, type Spending } from './domain/budget.ts';
import { budgetUse, type ExperimentState } from './domain/experiment-state.ts';
import type { Guidance } from './domain/guidance.ts';
import { bestTrial } from './domain/journal.ts';
import { nextStep } from './domain/search-policy.ts';
import { steered } from './domain/steering.ts';
import {
  trialWorkflowId,
  type ExperimentIdentity,
  type TrialInput,
  type TrialResult,
  type TrialStep,
} from './domain/trial.ts';
import { trialSummary } from './domain/trial-summary.ts';
import type { FrontDesk } from './front-desk.ts';
import { guidanceSignal } from './messages.ts';
import { settled, type Settled } from './settled.ts';
import type { trial } from './trial.ts';

/**
 * Runs the next trial as a child workflow, and meanwhile takes what people say. A `stop` ends the trial where it is;
 * its training is stopped; what it had measured is not counted, but what its calls of language models have cost is.
 */
export async function conductTrial(
  desk: FrontDesk,
  experiment: ExperimentIdentity,
  state: ExperimentState,
): Promise<TrialResult> {
  await desk.waitFor(() => true);
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
  try {
    await desk.waitFor(
      () => end.now !== null || desk.mailbox.stopRequest !== null,
      async () => {
        if (end.now === null) await tell(child, guidanceFor(desk, state));
      },
    );
    scope.cancel();
    await condition(() => end.now !== null);
  } catch (error) {
    // The experiment itself is cancelled: it ends when its trial has, so that nothing is left running.
    await CancellationScope.nonCancellable(() => condition(() => end.now !== null));
    throw error;
  }
  return trialResult(end.now, () => stoppedTrial(input, desk.trial.spending));
}

function trialInput(desk: FrontDesk, experiment: ExperimentIdentity, state: ExperimentState): TrialInput {
  const { journal, metric, settings } = state;
  return {
    experiment,
    number: journal.length + 1,
    step: nextStep(journal, metric),
    metric,
    seeds: settings.seeds,
    deadlineSeconds: trainingDeadlineSeconds(budgetUse(steered(state, desk.mailbox, nothingSpent), Date.now())),
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
  const { recorded: messages, nudges } = mailbox;
  return { messages, nudges, models: settings.models, allowance: allowanceForSearch(settings.budget, spending) };
}

function describeStep(step: TrialStep): string {
  return step.kind === 'draft' ? 'draft a first script' : `${step.kind} trial ${step.parent}`;
}

function trialResult(end: Settled<TrialResult> | null, stopped: () => TrialResult): TrialResult {
  if (end?.kind === 'value') return end.value;
  if (end !== null && isCancellation(end.error)) return stopped();
  throw end?.error;
}

/** The trial may end in the very moment in which it is told something: then there is nobody left to tell. */
async function tell(child: ChildWorkflowHandle<typeof trial>, guidance: Guidance): Promise<void> {
  try {
    await child.signal(guidanceSignal, guidance);
  } catch (error) {
    if (isCancellation(error)) throw error;
  }
}

function stoppedTrial(input: TrialInput, spending: Spending): TrialResult {
  return {
    number: input.number,
    step: input.step,
    title: 'stopped',
    outcome: { kind: 'stopped' },
    finding: 'The trial was stopped before it had an outcome.',
    verdict: 'continue',
    reason: 'stopped',
    taskUpdates: [],
    spending,
    script: null,
    sandbox: null,
    shortage: null,
  };
}
