import type { Metric } from '../schema/metric.ts';
import type { Verdict } from '../schema/analysis.ts';
import { exhaustedBudget, type BudgetUse } from './budget.ts';
import { bestTrial, type JournalEntry } from './journal.ts';
import { meetsTarget } from './metric.ts';

/** How an experiment ended, with the reason in words. */
export interface Conclusion {
  verdict: 'goalReached' | 'budgetSpent' | 'blocked' | 'stopped';
  reason: string;
}

export interface StopEvidence {
  metric: Metric;
  journal: readonly JournalEntry[];
  budgetUse: BudgetUse;
  stopRequest: { by: string; reason: string } | null;
  lastAnalysis: { verdict: Verdict; reason: string } | null;
  shortage: string | null;
  /** After so many trials a person said to go on: what they came to ends nothing any more. */
  unblockedAfter: number;
}

/** After this many trials in a row without a measured value, more of the same is not research. */
export const failedTrialsInARow = 6;

/** The one place that decides whether the experiment ends. A measured target beats every other reason. */
export function reasonToStop(evidence: StopEvidence): Conclusion | null {
  const { metric, journal, stopRequest, lastAnalysis } = evidence;
  // A fork inherits trials: what they had reached is no goal of its own.
  const best = bestTrial(journal.slice(evidence.unblockedAfter), metric);
  if (best !== null && meetsTarget(metric, best.mean)) {
    return {
      verdict: 'goalReached',
      reason: `trial ${best.trial} has ${metric.name} ${best.mean}, target ${metric.target}`,
    };
  }
  if (stopRequest !== null)
    return { verdict: 'stopped', reason: `${stopRequest.by} asked to stop: ${stopRequest.reason}` };
  const isForgiven = journal.length <= evidence.unblockedAfter;
  if (lastAnalysis?.verdict === 'blocked' && !isForgiven) return { verdict: 'blocked', reason: lastAnalysis.reason };
  if (lastAnalysis?.verdict === 'goalReached' && metric.target === undefined && best !== null) {
    return { verdict: 'goalReached', reason: lastAnalysis.reason };
  }
  // What a person has ended is no attempt that failed.
  const attempts = journal.slice(evidence.unblockedAfter).filter(({ outcome }) => outcome !== 'stopped');
  const newest = attempts.slice(-failedTrialsInARow);
  if (newest.length === failedTrialsInARow && newest.every((entry) => entry.mean === null)) {
    return { verdict: 'blocked', reason: `the last ${failedTrialsInARow} trials measured nothing` };
  }
  const exhausted = exhaustedBudget(evidence.budgetUse) ?? evidence.shortage;
  return exhausted === null ? null : { verdict: 'budgetSpent', reason: exhausted };
}
