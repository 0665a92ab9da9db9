import type { Budget } from '../schema/experiment-input.ts';
import type { ModelSpending } from '../schema/model-spending.ts';
import type { ModelRole } from '../schema/models.ts';

export interface Spending extends ModelSpending {
  byRole: Partial<Record<ModelRole, ModelSpending>>;
  trainingSeconds: number;
}

const noCalls: ModelSpending = { calls: 0, inputTokens: 0, outputTokens: 0, cost: 0 };

export const nothingSpent: Spending = { ...noCalls, byRole: {}, trainingSeconds: 0 };

/** What one role has spent, as a part of the whole. */
export function spendingOf(role: ModelRole, spending: ModelSpending): Spending {
  return { ...spending, byRole: spending.calls === 0 ? {} : { [role]: spending }, trainingSeconds: 0 };
}

/** The sum; its cost is unknown as soon as one of the two is. */
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
    cost: a.cost === null || b.cost === null ? null : a.cost + b.cost,
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
    { name: partNames.usd, used: spending.cost ?? Infinity, most: usd },
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
  if (part === undefined) return null;
  return part.used === Infinity ? unknownCost(part) : `all ${part.most} ${part.name} are used`;
}

const warningShare = 0.8;

/** What is nearly or wholly spent, a line each. Trials and hours are seen anyway and warn of nothing. */
export function budgetWarnings(use: Pick<BudgetUse, 'budget' | 'spending'>): string[] {
  return boundedParts(use)
    .filter(({ used, most }) => used >= warningShare * most)
    .map((part) =>
      part.used === Infinity
        ? unknownCost(part)
        : `${Math.round((part.used / part.most) * 100)} % of the budget of ${part.most} ${part.name} is spent`,
    );
}

function unknownCost({ most, name }: BudgetPart): string {
  return `the cost of a call is unknown, so the budget of ${most} ${name} cannot be kept`;
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
    if (most === undefined) return [];
    return [[part, part === 'trials' ? Math.min(mostTrials, most + more) : most + more]];
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
