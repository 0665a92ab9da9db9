import type { Budget } from '../schema/experiment-input.ts';
import type { ModelSpending } from '../schema/model-spending.ts';
import type { ModelRole } from '../schema/models.ts';

export interface Spending extends ModelSpending {
  byRole: Partial<Record<ModelRole, ModelSpending>>;
  trainingSeconds: number;
}

const noCalls: ModelSpending = { calls: 0, inputTokens: 0, outputTokens: 0, cost: 0, unpricedCalls: 0 };

export const nothingSpent: Spending = { ...noCalls, byRole: {}, trainingSeconds: 0 };

/** What one role has spent, as a part of the whole. */
export function spendingOf(role: ModelRole, spending: ModelSpending): Spending {
  return { ...spending, byRole: spending.calls === 0 ? {} : { [role]: spending }, trainingSeconds: 0 };
}

export function addSpending(a: Spending, b: Spending): Spending {
  const roles = Object.keys({ ...a.byRole, ...b.byRole }) as ModelRole[];
  return {
    ...addModelSpending(a, b),
    byRole: Object.fromEntries(
      roles.map((role) => [role, addModelSpending(a.byRole[role] ?? noCalls, b.byRole[role] ?? noCalls)]),
    ),
    trainingSeconds: a.trainingSeconds + b.trainingSeconds,
  };
}

export function addModelSpending(a: ModelSpending, b: ModelSpending): ModelSpending {
  return {
    calls: a.calls + b.calls,
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    cost: a.cost + b.cost,
    unpricedCalls: a.unpricedCalls + b.unpricedCalls,
  };
}

export interface BudgetUse {
  budget: Budget;
  spending: Spending;
  trials: number;
  elapsedSeconds: number;
}

interface BudgetPart {
  name: string;
  used: number;
  most: number;
}

function boundedParts({ budget, spending }: Pick<BudgetUse, 'budget' | 'spending'>): BudgetPart[] {
  const { gpuHours, tokens, calls, usd } = budget;
  return [
    { name: partNames.gpuHours, used: spending.trainingSeconds / 3600, most: gpuHours },
    { name: partNames.tokens, used: spending.inputTokens + spending.outputTokens, most: tokens },
    { name: partNames.calls, used: spending.calls, most: calls },
    { name: partNames.usd, used: spending.cost, most: usd },
  ].flatMap(({ most, ...part }) => (most === undefined ? [] : [{ ...part, most }]));
}

/** Names the part of the budget that is used up, or null. Looked at between trials: the trial in hand is finished. */
export function exhaustedBudget({ budget, spending, trials, elapsedSeconds }: BudgetUse): string | null {
  const parts: BudgetPart[] = [
    { name: partNames.trials, used: trials, most: budget.trials },
    { name: partNames.hours, used: elapsedSeconds / 3600, most: budget.hours },
    ...boundedParts({ budget, spending }),
  ];
  const part = parts.find(({ used, most }) => used >= most);
  return part === undefined ? null : `all ${part.most} ${part.name} are used`;
}

const warningShare = 0.8;

/** What is nearly or wholly spent, or cannot be kept, a line each. Trials and hours are seen anyway. */
export function budgetWarnings({ budget, spending }: Pick<BudgetUse, 'budget' | 'spending'>): string[] {
  const nearlySpent = boundedParts({ budget, spending })
    .filter(({ used, most }) => used >= warningShare * most)
    .map(({ name, used, most }) => `${Math.round((used / most) * 100)} % of the budget of ${most} ${name} is spent`);
  const { unpricedCalls } = spending;
  if (budget.usd === undefined || unpricedCalls === 0) return nearlySpent;
  return [...nearlySpent, `the budget of ${partNames.usd} does not know what ${unpricedCalls} of the calls have cost`];
}

/** "1.2345", "at least 1.2345" where some calls had no price, or "unknown" where none had one. */
export function describeCost({ calls, cost, unpricedCalls }: ModelSpending, digits: number): string {
  if (calls > 0 && unpricedCalls === calls) return 'unknown';
  const least = 10 ** -digits;
  const known = cost > 0 && cost < least ? `under ${least.toFixed(digits)}` : cost.toFixed(digits);
  return unpricedCalls > 0 ? `at least ${known}` : known;
}

/** What a person has added to a budget, part by part. */
export type BudgetExtension = Partial<Record<ExtensiblePart, number>>;

export const extensibleParts = ['trials', 'hours', 'gpuHours', 'tokens', 'usd', 'calls'] as const;
export type ExtensiblePart = (typeof extensibleParts)[number];

/** As people read them. */
export const partNames: Record<ExtensiblePart, string> = {
  trials: 'trials',
  hours: 'hours',
  gpuHours: 'hours of training',
  tokens: 'tokens',
  usd: 'US dollars',
  calls: 'calls of language models',
};

/** The journal of so many trials is what a workflow run may hand to the next (128 KB). */
export const mostTrials = 500;

/** A part without bound stays without. */
export function extendBudget(budget: Budget, extension: BudgetExtension): Budget {
  const extended = Object.entries(extension).flatMap(([part, more]) => {
    const most = budget[part as keyof BudgetExtension];
    return most === undefined ? [] : [[part, most + more]];
  });
  return { ...budget, ...Object.fromEntries(extended) };
}

export function addExtension(a: BudgetExtension, b: BudgetExtension): BudgetExtension {
  const sums = Object.entries(b).map(([part, more]) => [part, (a[part as keyof BudgetExtension] ?? 0) + more]);
  return { ...a, ...Object.fromEntries(sums) };
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
