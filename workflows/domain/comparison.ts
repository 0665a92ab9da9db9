import type { Metric } from '../schema/metric.ts';
import type { MeasuredEntry } from './journal.ts';
import { isBetter } from './metric.ts';
import type { TrialOutcome } from './trial.ts';

/** How a measured trial stands against `best`, the best one before it. */
export type Comparison =
  | { kind: 'first' }
  | {
      kind: 'better' | 'worse' | 'withinNoise';
      best: MeasuredEntry;
      difference: number;
      standardErrors: number | null;
    };

/**
 * A difference counts only beyond two standard errors of the difference of the two means
 * (sqrt(s1²/n1 + s2²/n2), as in Welch's test). Without a spread on both sides nothing is known about noise, and the
 * plain direction is all that can be said. This is a yardstick for a few seeds, no significance test.
 */
export function compareWithBest(
  outcome: Extract<TrialOutcome, { kind: 'completed' }>,
  best: MeasuredEntry | null,
  metric: Metric,
): Comparison {
  if (best === null) return { kind: 'first' };
  const difference = outcome.mean - best.mean;
  const standardErrors = standardErrorsOf(outcome, best);
  if (difference === 0 || (standardErrors !== null && standardErrors < 2)) {
    return { kind: 'withinNoise', best, difference, standardErrors };
  }
  return { kind: isBetter(metric, outcome.mean, best.mean) ? 'better' : 'worse', best, difference, standardErrors };
}

function standardErrorsOf(outcome: Extract<TrialOutcome, { kind: 'completed' }>, best: MeasuredEntry): number | null {
  if (outcome.standardDeviation === null || best.deviation === null) return null;
  const standardError = Math.sqrt(
    outcome.standardDeviation ** 2 / outcome.values.length + best.deviation ** 2 / best.seeds,
  );
  return standardError === 0 ? null : Math.abs(outcome.mean - best.mean) / standardError;
}

/** "better than trial 2 by 2.55 (12.1 standard errors)" */
export function describeComparison(comparison: Comparison): string {
  if (comparison.kind === 'first') return 'the first measured trial: nothing to compare with';
  const { best, difference, standardErrors } = comparison;
  const size = Math.abs(difference).toPrecision(3);
  const errors = standardErrors === null ? 'spread unknown' : `${standardErrors.toFixed(1)} standard errors`;
  if (comparison.kind === 'withinNoise') return `within noise of trial ${best.trial}: differs by ${size} (${errors})`;
  return `${comparison.kind} than trial ${best.trial} by ${size} (${errors})`;
}
