import { ContinueAsNew, workflowInfo } from '@temporalio/workflow';
import type { ArtifactReference } from './schema/artifact-reference.ts';
import type { Metric } from './schema/metric.ts';
import { approvePlan } from './approve-plan.ts';
import { breakOff } from './break-off.ts';
import { changePlan } from './change-plan.ts';
import { conclude } from './conclude.ts';
import { conductTrial } from './conduct-trial.ts';
import { continueExperiment, shouldContinueAsNew, type CarriedState } from './continue-experiment.ts';
import { experimentIdOf } from './domain/experiment-id.ts';
import { withTrial, type ExperimentState } from './domain/experiment-state.ts';
import type { MeasuredEntry } from './domain/journal.ts';
import { emptyMailbox } from './domain/mailbox.ts';
import type { Conclusion } from './domain/stop-condition.ts';
import type { ExperimentIdentity } from './domain/trial.ts';
import { openFrontDesk, type FrontDesk } from './front-desk.ts';
import { goOnAfter } from './go-on-after.ts';
import { openMailroom } from './mailroom.ts';
import { openNoticeBoard } from './notice-board.ts';
import { planExperiment } from './plan-experiment.ts';
import { recordTrial } from './record-trial.ts';
import { reportOnExperiment } from './report-on-experiment.ts';
import { rootFailure } from './root-failure.ts';

export interface ExperimentResult {
  verdict: Conclusion['verdict'];
  bestTrial: MeasuredEntry | null;
  metric: Metric;
  report: ArtifactReference;
}

/**
 * From an idea to a report: plan, then trial after trial until a reason to stop, then the report. `input` is checked
 * by the first activity, so anything may arrive here; `carried` is what the run before handed over.
 */
export async function experiment(input: unknown, carried?: CarriedState): Promise<ExperimentResult> {
  const { workflowId, firstExecutionRunId } = workflowInfo();
  const identity = { id: experimentIdOf(workflowId), runId: firstExecutionRunId };
  const notices = openNoticeBoard(carried?.notices);
  const mailroom = openMailroom(identity, { ...emptyMailbox, ...carried?.mailbox });
  const desk = openFrontDesk({ experiment: identity, mailroom, notices, carried: carried ?? null });
  try {
    return await research(desk, identity, carried?.state ?? (await planExperiment(desk, identity, input)));
  } catch (error) {
    if (error instanceof ContinueAsNew) throw error;
    await breakOff(desk, identity, error);
    throw rootFailure(error);
  }
}

async function research(
  desk: FrontDesk,
  identity: ExperimentIdentity,
  initial: ExperimentState,
): Promise<ExperimentResult> {
  let state = initial;
  for (;;) {
    await desk.settleMessages();
    if (shouldContinueAsNew()) return await continueExperiment(desk, state);

    // Before anything else: a person who has paused it may want to extend or correct what would otherwise end.
    if (desk.mailbox.isPaused && desk.mailbox.stopRequest === null) {
      desk.enter({ kind: 'paused' }, state);
      await desk.standStill(() => !desk.mailbox.isPaused || desk.mailbox.stopRequest !== null || shouldContinueAsNew());
      continue;
    }
    const conclusion = conclude(desk, state);
    if (conclusion !== null) {
      const next = await goOnAfter(desk, state, conclusion);
      if (next === null) return await reportOnExperiment(desk, identity, { state, conclusion });
      state = next;
      continue;
    }
    const planned = (await changePlan(desk, identity, state)) ?? (await approvePlan(desk, state));
    if (planned !== null) {
      state = planned;
      continue;
    }
    const { extensions } = desk.mailbox.nudges;
    const result = await conductTrial(desk, identity, state);
    state = withTrial(state, result, extensions);
    await recordTrial(desk, identity, { state, result });
  }
}
