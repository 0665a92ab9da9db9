import type { Metric } from '../workflows/schema/metric.ts';
import type { Task } from '../workflows/schema/task.ts';
import { describeMetric } from '../workflows/domain/metric.ts';
import { describeOutcome, type ExperimentIdentity, type TrialResult } from '../workflows/domain/trial.ts';
import type { ArtifactFolder } from './adapters/artifact-store.ts';
import type { ExperimentDependencies } from './dependencies.ts';
import { earlierTrials, messagesOfPeople, summaryOf, trialFolder, trialResults } from './experiment-files.ts';
import { renderReport } from './render-report.ts';

export interface RecordTrialInput {
  experiment: ExperimentIdentity;
  title: string;
  metric: Metric;
  planVersion: number;
  tasks: Task[];
  /** Every finished trial, this one included. */
  trials: number[];
  messages: number;
  result: TrialResult;
}

/** One more entry in EXPERIMENT_LOG.md, and everything that a person may open in between is up to date. */
export async function recordTrial({ artifacts }: ExperimentDependencies, input: RecordTrialInput): Promise<void> {
  const { experiment, metric, title, result, trials } = input;
  const folder = artifacts.folder(experiment.id);
  const place = trialFolder(result.number);
  await folder.write(`${place}/result.json`, `${JSON.stringify(result, null, 2)}\n`);
  await folder.write(`${place}/entry.md`, await renderEntry(folder, input));

  const entries = await earlierTrials(folder, trials);
  await folder.write('EXPERIMENT_LOG.md', `# ${title}\n\nMetric: ${describeMetric(metric)}\n\n${entries ?? ''}`);
  await folder.write('tasks.json', `${JSON.stringify(input.tasks, null, 2)}\n`);
  const report = renderReport({
    ...input,
    results: await trialResults(folder, trials),
    messages: await messagesOfPeople(folder, input.messages),
    ending: null,
    narrative: null,
  });
  await folder.write('REPORT.md', report);
}

/** What every later prompt sees of this trial, and a person reads in the log. */
async function renderEntry(folder: ArtifactFolder, { result, metric, planVersion }: RecordTrialInput): Promise<string> {
  const { number, step, title, outcome, finding, verdict, reason } = result;
  const origin = step.kind === 'draft' ? 'draft' : `${step.kind}, from trial ${step.parent}`;
  const intention = await folder.readIfPresent(`${trialFolder(number)}/intention.md`);
  const summary = await summaryOf(folder, number);
  return [
    `## Trial ${number}: ${title}`,
    `${origin}, under version ${planVersion} of the plan`,
    `**${metric.name}**: ${describeOutcome(outcome)}`,
    `**Finding**: ${finding}`,
    `**Verdict**: ${verdict}, ${reason}`,
    intention === null ? '' : `### Intention\n\n${withoutHeading(intention)}`,
    summary === null ? '' : `### Log\n\n${withLowerHeadings(summary.trim())}`,
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n');
}

function withoutHeading(markdown: string): string {
  return markdown.replace(/^# .*\n+/, '').trim() || 'none given';
}

/** A digest in place of a summary has a heading for each log. */
function withLowerHeadings(text: string): string {
  return text.replace(/^## (?=[\w-]+: )/gm, '#### ');
}
