import type { Budget } from '../schema/experiment-input.ts';
import type { ModelSpending } from '../schema/model-spending.ts';

/** What language models may still use. Null: the budget does not bound it. */
export interface Allowance {
  tokens: number | null;
  usd: number | null;
  calls: number | null;
}

/** What a call will use at most. `usd` is null where no price is known. */
export interface Reservation {
  tokens: number;
  usd: number | null;
}

/** Kept back from the search: an experiment that has spent everything else still has words for its report. */
const reportShare = 0.05;

export function allowanceForSearch(budget: Budget, spending: ModelSpending): Allowance {
  const { tokens, usd, calls } = budget;
  return allowanceForReport(
    {
      ...budget,
      ...(tokens === undefined ? {} : { tokens: Math.floor(tokens * (1 - reportShare)) }),
      ...(usd === undefined ? {} : { usd: usd * (1 - reportShare) }),
      ...(calls === undefined ? {} : { calls: Math.max(1, calls - Math.ceil(calls * reportShare)) }),
    },
    spending,
  );
}

export function allowanceForReport({ tokens, usd, calls }: Budget, spending: ModelSpending): Allowance {
  return afterSpending({ tokens: tokens ?? null, usd: usd ?? null, calls: calls ?? null }, spending);
}

export function afterSpending(allowance: Allowance, spending: ModelSpending): Allowance {
  const { tokens, usd, calls } = allowance;
  return {
    tokens: tokens === null ? null : Math.max(0, tokens - spending.inputTokens - spending.outputTokens),
    usd: usd === null ? null : Math.max(0, usd - spending.cost),
    calls: calls === null ? null : Math.max(0, calls - spending.calls),
  };
}

/** Why a call cannot be afforded, in words, or null. */
export function shortageOf(allowance: Allowance, { tokens, usd }: Reservation): string | null {
  if (allowance.calls === 0) return 'no call of a language model is left in the budget';
  if (allowance.tokens !== null && tokens > allowance.tokens) {
    return `the next call may take ${tokens} tokens, and ${allowance.tokens} are left in the budget`;
  }
  if (allowance.usd === null) return null;
  const left = `${dollars(allowance.usd)} are left in the budget`;
  if (usd === null) return allowance.usd > 0 ? null : left;
  return usd > allowance.usd ? `the next call may cost ${dollars(usd)}, and ${left}` : null;
}

function dollars(amount: number): string {
  return `${amount.toFixed(amount < 0.1 ? 4 : 2)} US dollars`;
}
