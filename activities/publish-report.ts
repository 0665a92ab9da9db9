import type { ArtifactReference } from '../workflows/schema/artifact-reference.ts';
import type { Spending } from '../workflows/domain/budget.ts';
import type { ExperimentDependencies } from './dependencies.ts';
import { messagesOfPeople, trialResults } from './experiment-files.ts';
import { readOrigin } from './forks/experiment-record.ts';
import { renderLog } from './render-log.ts';
import { renderReport } from './render-report.ts';
import { renderReportPage } from './render-report-page.ts';
import type { ReportEvidence } from './write-report.ts';

export interface PublishReportInput extends ReportEvidence {
  messages: number;
  spending: Spending;
  /** Whether the reporter's prose is there; without it the tables stand alone. */
  hasNarrative: boolean;
}

/** Writes REPORT.md, which it returns, report.html, and the log with all that was said to the end. */
export async function publishReport(
  { artifacts }: ExperimentDependencies,
  input: PublishReportInput,
): Promise<ArtifactReference> {
  const folder = artifacts.folder(input.experiment.id);
  const report = renderReport({
    ...input,
    origin: await readOrigin(folder),
    results: await trialResults(folder, input.trials),
    messages: await messagesOfPeople(folder, input.messages),
    ending: { kind: 'concluded', conclusion: input.conclusion, spending: input.spending },
    narrative: input.hasNarrative ? await folder.read('narrative.md') : null,
  });
  await folder.write('EXPERIMENT_LOG.md', await renderLog(folder, input));
  await folder.write('tasks.json', `${JSON.stringify(input.tasks, null, 2)}\n`);
  await folder.write('report.html', renderReportPage(input.title, report));
  return await folder.write('REPORT.md', report);
}
