import type { Metric } from '../schema/metric.ts';
import { bestTrial, type JournalEntry } from './journal.ts';
import type { TrialStep } from './trial.ts';

/** How often in a row a failed script is mended before the search goes back to the best one. */
export const debugDepth = 3;

/**
 * What to try next: mend the newest trial while it fails, else improve on the best one, else start afresh.
 * Greedy and sequential: it plans one trial at a time and never returns to a branch that was beaten.
 */
export function nextStep(journal: readonly JournalEntry[], metric: Metric): TrialStep {
  const newest = journal.at(-1);
  if (newest !== undefined && hasScript(newest) && isFailure(newest) && debugsInARow(journal) < debugDepth) {
    return { kind: 'debug', parent: newest.trial };
  }
  const best = bestTrial(journal, metric);
  return best === null ? { kind: 'draft' } : { kind: 'improve', parent: best.trial };
}

function isFailure(entry: JournalEntry): boolean {
  return entry.outcome !== 'completed' && entry.outcome !== 'stopped';
}

function hasScript(entry: JournalEntry): boolean {
  return entry.outcome !== 'unwritten';
}

/** How often the newest script has been mended already: the trials of kind `debug` at the journal's end. */
function debugsInARow(journal: readonly JournalEntry[]): number {
  return journal.length - 1 - journal.findLastIndex((entry) => entry.kind !== 'debug');
}
