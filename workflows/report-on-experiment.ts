import { CancellationScope } from '@temporalio/workflow';
import type { PublishReportInput } from '../activities/publish-report.ts';
import type { ArtifactReference } from './schema/artifact-reference.ts';
import { artifacts } from './activity-proxies.ts';
import { askUntilUsable } from './ask-until-usable.ts';
import { addSpending } from './domain/budget.ts';
import type { ExperimentState } from './domain/experiment-state.ts';
import { bestTrial } from './domain/journal.ts';
import { makeNotice, type NoticeContext } from './domain/make-notice.ts';
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
  const context = { experiment, state };
  if (conclusion.verdict === 'goalReached') announce(desk, context, { event: 'goalReached', conclusion });
  await desk.settleMessages();
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
  const report = await publish(desk, { ...evidence, spending, hasNarrative: answer.kind === 'usable' });
  desk.enter({ kind: 'finished', conclusion }, { ...state, spending });
  announce(desk, context, { event: 'finished', conclusion });
  await desk.notices.settle();
  // Too late for the report, but not for the folder.
  await CancellationScope.nonCancellable(() => desk.settleMessages());
  return { verdict: conclusion.verdict, bestTrial: bestTrial(journal, metric), metric, report };
}

const mostReports = 5;

/** Again where somebody has said something meanwhile: the report has all that people said. A flood has its end. */
async function publish(desk: FrontDesk, evidence: Omit<PublishReportInput, 'messages'>): Promise<ArtifactReference> {
  for (let again = mostReports; ; again -= 1) {
    await desk.settleMessages();
    const messages = desk.mailbox.recorded;
    const report = await artifacts.publishReport.executeWithOptions({ summary: 'publish the report' }, [
      { ...evidence, messages },
    ]);
    if (desk.mailbox.inbox.length === 0 || again === 1) return report;
  }
}

type Context = Omit<NoticeContext, 'at'>;

/** The goal is news before the report is: the report may have to wait for its language model. */
function announce(
  { notices }: FrontDesk,
  context: Context,
  { event, conclusion }: { event: 'goalReached' | 'finished'; conclusion: Conclusion },
): void {
  if (context.state?.surroundings?.hasWebhook !== true) return;
  const { verdict, reason } = conclusion;
  notices.post(makeNotice({ ...context, at: new Date().toISOString() }, { event, text: reason, verdict }));
}
