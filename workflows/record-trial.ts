import { artifacts } from './activity-proxies.ts';
import type { ExperimentState } from './domain/experiment-state.ts';
import { trialSummary } from './domain/trial-summary.ts';
import type { ExperimentIdentity, TrialResult } from './domain/trial.ts';
import type { FrontDesk } from './front-desk.ts';

/** Puts the finished trial on disk and rewrites EXPERIMENT_LOG.md, tasks.json and the report so far. */
export async function recordTrial(
  desk: FrontDesk,
  experiment: ExperimentIdentity,
  { state, result }: { state: ExperimentState; result: TrialResult },
): Promise<void> {
  desk.enter({ kind: 'recording', number: result.number }, state);
  const { recorded: messages, planChanges } = desk.mailbox;
  await artifacts.recordTrial.executeWithOptions({ summary: trialSummary(result.number, 'write the experiment log') }, [
    {
      experiment,
      title: state.title,
      metric: state.metric,
      planVersion: state.plan.version,
      planReason: state.plan.reason,
      tasks: state.tasks,
      trials: state.journal.map((entry) => entry.trial),
      messages,
      planChanges: planChanges.filter(({ message }) => message <= messages),
      result,
    },
  ]);
}
