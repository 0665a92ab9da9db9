import type { Metric } from '../workflows/schema/metric.ts';
import type { Task } from '../workflows/schema/task.ts';
import type { ArtifactFolder } from './adapters/artifact-store.ts';
import { messagesOfPeople, trialResults } from './experiment-files.ts';
import { readOrigin } from './forks/experiment-record.ts';
import { renderLog } from './render-log.ts';
import { renderReport, type Ending } from './render-report.ts';

/** What an experiment has come to; everything of size is on disk. */
export interface SoFar {
  title: string;
  metric: Metric;
  planVersion: number;
  tasks: Task[];
  /** Every finished trial. */
  trials: number[];
  messages: number;
}

/** Brings everything up to date that a person may open before the last report: log, tasks, report. */
export async function writeSoFar(folder: ArtifactFolder, soFar: SoFar, ending: Ending): Promise<void> {
  await folder.write('EXPERIMENT_LOG.md', await renderLog(folder, soFar));
  await folder.write('tasks.json', `${JSON.stringify(soFar.tasks, null, 2)}\n`);
  const report = renderReport({
    ...soFar,
    origin: await readOrigin(folder),
    results: await trialResults(folder, soFar.trials),
    messages: await messagesOfPeople(folder, soFar.messages),
    ending,
    narrative: null,
  });
  await folder.write('REPORT.md', report);
}
