import { workflowInfo } from '@temporalio/workflow';
import type { ArtifactReference } from './schema/artifact-reference.ts';
import type { Metric } from './schema/metric.ts';
import { sayings, waitForPerson } from './ask-patiently.ts';
import { conductTrial } from './conduct-trial.ts';
import { continueExperiment, shouldContinueAsNew, type CarriedState } from './continue-experiment.ts';
import { nothingSpent } from './domain/budget.ts';
import { budgetUse, withTrial, type ExperimentState } from './domain/experiment-state.ts';
import { budgetHold } from './domain/hold.ts';
import type { MeasuredEntry } from './domain/journal.ts';
import { steered } from './domain/steering.ts';
import { reasonToStop, type Conclusion } from './domain/stop-condition.ts';
import { experimentAsker } from './experiment-asker.ts';
import { openFrontDesk, type FrontDesk } from './front-desk.ts';
import { planExperiment } from './plan-experiment.ts';
import { recordTrial } from './record-trial.ts';
import { reportOnExperiment } from './report-on-experiment.ts';
import { revisePlan } from './revise-plan.ts';
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
  const identity = { id: workflowId, runId: firstExecutionRunId };
  const desk = openFrontDesk(identity, carried?.mailbox);
  try {
    let state = carried?.state ?? (await planExperiment(desk, identity, input));
    for (;;) {
      const conclusion = conclude(desk, state);
      if (conclusion?.verdict === 'budgetSpent' && state.settings.budget.whenSpent === 'wait') {
        state = await waitForBudget(desk, state, conclusion.reason);
        continue;
      }
      if (conclusion !== null) return await reportOnExperiment(desk, identity, { state, conclusion });

      if (desk.mailbox.isPaused) {
        desk.enter({ kind: 'paused' }, state);
        await desk.waitFor(() => !desk.mailbox.isPaused || desk.mailbox.stopRequest !== null);
        continue;
      }
      if (shouldContinueAsNew()) return await continueExperiment(desk, state);

      const { extensions } = desk.mailbox.nudges;
      const result = await conductTrial(desk, identity, state);
      state = withTrial(state, result, extensions);
      await recordTrial(desk, identity, { state, result });
      if (result.verdict === 'revisePlan' && conclude(desk, state) === null) {
        state = await revisePlan(desk, identity, state);
      }
    }
  } catch (error) {
    throw rootFailure(error);
  }
}

async function waitForBudget(desk: FrontDesk, state: ExperimentState, reason: string): Promise<ExperimentState> {
  desk.enter({ kind: 'betweenTrials' }, state);
  const inquiry = { asker: experimentAsker(desk, state, 'search'), role: 'planner' } as const;
  await waitForPerson(inquiry, budgetHold(reason, new Date().toISOString()), sayings(inquiry));
  return { ...state, shortage: null };
}

function conclude(desk: FrontDesk, state: ExperimentState): Conclusion | null {
  return reasonToStop({
    metric: state.metric,
    journal: state.journal,
    budgetUse: budgetUse(steered(state, desk.mailbox, nothingSpent), Date.now()),
    stopRequest: desk.mailbox.stopRequest,
    lastAnalysis: state.lastAnalysis,
    shortage: shortageNow(desk, state),
  });
}

/** What the budget did not allow it may allow by now. */
function shortageNow({ mailbox }: FrontDesk, { shortage }: ExperimentState): string | null {
  return shortage === null || mailbox.nudges.extensions > shortage.extensions ? null : shortage.reason;
}
