import type { PlanRequest } from '../workflows/domain/mailbox.ts';
import { describeOutcome, type ExperimentIdentity, type TrialResult } from '../workflows/domain/trial.ts';
import type { ArtifactFolder } from './adapters/artifact-store.ts';
import type { ExperimentDependencies } from './dependencies.ts';
import { summaryOf, trialFolder } from './experiment-files.ts';
import { writeForkPoint } from './forks/fork-point.ts';
import { writeSoFar, type SoFar } from './write-so-far.ts';

/** `trials` includes the one that is recorded. */
export interface RecordTrialInput extends SoFar {
  experiment: ExperimentIdentity;
  result: TrialResult;
  /** Why there is this version of the plan. Absent in a task from before it was kept. */
  planReason?: string | null;
  /** Those that are still to be made, and whose message is on disk. Absent in a task from before they were kept. */
  planChanges?: PlanRequest[];
}

/**
 * The trial on disk, for prompts and for forks, one more entry in EXPERIMENT_LOG.md, and everything that a person may
 * open in between is up to date.
 */
export async function recordTrial({ artifacts }: ExperimentDependencies, input: RecordTrialInput): Promise<void> {
  const { experiment, metric, title, tasks, messages, result } = input;
  const folder = artifacts.folder(experiment.id);
  const place = trialFolder(result.number);
  await folder.write(`${place}/result.json`, `${JSON.stringify(result, null, 2)}\n`);
  const plan = { version: input.planVersion, reason: input.planReason ?? null };
  const { planChanges = [] } = input;
  await writeForkPoint(folder, result.number, { schemaVersion: 1, title, metric, plan, tasks, messages, planChanges });
  await folder.write(`${place}/entry.md`, await renderEntry(folder, input));
  await writeSoFar(folder, input, { kind: 'goesOn' });
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
