import { artifacts } from './activity-proxies.ts';
import { askUntilUsable } from './ask-until-usable.ts';
import { addSpending } from './domain/budget.ts';
import type { ExperimentState } from './domain/experiment-state.ts';
import { bestTrial } from './domain/journal.ts';
import type { Conclusion } from './domain/stop-condition.ts';
import type { ExperimentIdentity } from './domain/trial.ts';
import type { ExperimentResult } from './experiment.ts';
import { experimentAsker } from './experiment-asker.ts';
import type { FrontDesk } from './front-desk.ts';

/**
 * The report: its tables and numbers are written by code from what is on disk, its prose by the reporter. Without
 * usable prose the tables stand alone.
 */
export async function reportOnExperiment(
  desk: FrontDesk,
  experiment: ExperimentIdentity,
  { state, conclusion }: { state: ExperimentState; conclusion: Conclusion },
): Promise<ExperimentResult> {
  desk.enter({ kind: 'reporting' }, state);
  await desk.waitFor(() => true);
  const { metric, journal } = state;
  const evidence = {
    experiment,
    title: state.title,
    metric,
    planVersion: state.plan.version,
    tasks: state.tasks,
    trials: journal.map((entry) => entry.trial),
    conclusion,
  };
  const answer = await askUntilUsable(
    { asker: experimentAsker(desk, state, 'report'), role: 'reporter' },
    {
      ask: (model, round) =>
        model.writeReport.executeWithOptions({ summary: 'write the report' }, [{ ...evidence, ...round }]),
    },
  );
  const spending = addSpending(state.spending, answer.spending);
  await desk.waitFor(() => true);
  const report = await artifacts.publishReport.executeWithOptions({ summary: 'publish the report' }, [
    { ...evidence, messages: desk.mailbox.recorded, spending, hasNarrative: answer.kind === 'usable' },
  ]);
  desk.enter({ kind: 'finished', conclusion }, { ...state, spending });
  return { verdict: conclusion.verdict, bestTrial: bestTrial(journal, metric), metric, report };
}
