import type { Budget } from '../schema/experiment-input.ts';

/** What has been used up. `cost` is in US dollars and null where a provider did not say: unknown is never zero. */
export interface Spending {
  calls: number;
  inputTokens: number;
  outputTokens: number;
  cost: number | null;
  trainingSeconds: number;
}

export const nothingSpent: Spending = { calls: 0, inputTokens: 0, outputTokens: 0, cost: 0, trainingSeconds: 0 };

/** The sum; its cost is unknown as soon as one of the two is. */
export function addSpending(a: Spending, b: Spending): Spending {
  return {
    calls: a.calls + b.calls,
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    cost: a.cost === null || b.cost === null ? null : a.cost + b.cost,
    trainingSeconds: a.trainingSeconds + b.trainingSeconds,
  };
}

export interface BudgetUse {
  budget: Budget;
  spending: Spending;
  trials: number;
  elapsedSeconds: number;
}

/** Names the part of the budget that is used up, or null. Looked at between trials: the trial in hand is finished. */
export function exhaustedBudget({ budget, spending, trials, elapsedSeconds }: BudgetUse): string | null {
  if (trials >= budget.trials) return `all ${budget.trials} trials are used`;
  if (elapsedSeconds >= budget.hours * 3600) return `the ${budget.hours} hours are over`;
  if (budget.gpuHours !== undefined && spending.trainingSeconds >= budget.gpuHours * 3600) {
    return `the ${budget.gpuHours} hours of training are used`;
  }
  if (budget.tokens !== undefined && spending.inputTokens + spending.outputTokens >= budget.tokens) {
    return `the ${budget.tokens} tokens are used`;
  }
  return null;
}

const shortestTrainingSeconds = 60;

/**
 * How long one training may take. The remaining hours are shared among the remaining trials, but a training may have
 * up to a quarter of what remains: trials seldom use all that they are given, and a first baseline must not starve.
 */
export function trainingDeadlineSeconds({ budget, trials, elapsedSeconds }: BudgetUse): number {
  const remainingSeconds = Math.max(0, budget.hours * 3600 - elapsedSeconds);
  const evenShare = remainingSeconds / Math.max(1, budget.trials - trials);
  return Math.round(Math.max(shortestTrainingSeconds, evenShare, remainingSeconds / 4));
}

/** A rehearsal catches bugs, not results: a tenth of the training, between half a minute and ten minutes. */
export function rehearsalDeadlineSeconds(deadlineSeconds: number): number {
  return Math.round(Math.min(600, Math.max(30, deadlineSeconds / 10)));
}
