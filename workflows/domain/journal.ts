import type { Metric } from '../schema/metric.ts';
import { isBetter } from './metric.ts';
import type { TrialOutcome, TrialResult, TrialStep } from './trial.ts';

/**
 * One finished trial as workflow state keeps it: at most 250 bytes of JSON, since it is carried through every
 * continue-as-new. Its texts are in `trials/<number>/`.
 */
export interface JournalEntry {
  trial: number;
  title: string;
  kind: TrialStep['kind'];
  parent: number | null;
  outcome: TrialOutcome['kind'];
  mean: number | null;
  deviation: number | null;
  seeds: number;
  seconds: number;
  tokens: number;
}

export const journalTitleBytes = 48;

export function journalEntry(result: TrialResult): JournalEntry {
  const { number, step, title, outcome, spending } = result;
  const measured = outcome.kind === 'completed' ? outcome : null;
  return {
    trial: number,
    title: shortenJson(title, journalTitleBytes),
    kind: step.kind,
    parent: step.kind === 'draft' ? null : step.parent,
    outcome: outcome.kind,
    mean: measured?.mean ?? null,
    deviation: measured?.standardDeviation ?? null,
    seeds: measured?.values.length ?? 0,
    seconds: Math.round(spending.trainingSeconds),
    tokens: spending.inputTokens + spending.outputTokens,
  };
}

/** The trial with the best mean; the earlier one where two are equal. */
export function bestTrial(journal: readonly JournalEntry[], metric: Metric): MeasuredEntry | null {
  let best: MeasuredEntry | null = null;
  for (const entry of journal) {
    if (isMeasured(entry) && (best === null || isBetter(metric, entry.mean, best.mean))) best = entry;
  }
  return best;
}

export type MeasuredEntry = JournalEntry & { mean: number };

function isMeasured(entry: JournalEntry): entry is MeasuredEntry {
  return entry.mean !== null;
}

/** Cuts between whole characters, never through one. */
export function shorten(text: string, characters: number): string {
  if (text.length <= characters) return text;
  let shortened = '';
  for (const character of text) {
    if (shortened.length + character.length > characters - 1) break;
    shortened += character;
  }
  return `${shortened.trimEnd()}…`;
}

/** The longest beginning whose JSON takes at most so many bytes: a title may be of any script. */
function shortenJson(text: string, mostBytes: number): string {
  let shortened = text;
  for (let characters = text.length; jsonBytes(shortened) > mostBytes; characters -= 1) {
    shortened = shorten(text, characters);
  }
  return shortened;
}

function jsonBytes(text: string): number {
  return new TextEncoder().encode(JSON.stringify(text)).length - 2;
}
