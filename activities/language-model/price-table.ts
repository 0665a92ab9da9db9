import type { Usage } from './language-model.ts';

/** US dollars for a million tokens, as the configuration says. */
export interface Price {
  input: number;
  output: number;
}

/** What people have looked up, and when: prices change, and no list of them is right for long. */
export interface PriceTable {
  /** `YYYY-MM-DD`. */
  date: string;
  /** By `provider/model`. */
  models: Record<string, Price>;
}

/** In US dollars; null where nobody can say, which is not 0. */
export type Cost = { usd: number; source: 'provider' | 'table' } | { usd: null; source: 'unknown' };

/**
 * What a call has cost: what the provider says, else what the table says. The table knows no discounts, such as for
 * cached input. A provider that reports less than nothing has said nothing.
 */
export function costOf(usage: Usage, reportedCost: number | null, price: Price | null): Cost {
  if (reportedCost !== null && reportedCost >= 0) return { usd: reportedCost, source: 'provider' };
  if (price === null) return { usd: null, source: 'unknown' };
  return { usd: priceOf(usage, price), source: 'table' };
}

/** In US dollars. */
export function priceOf(
  { inputTokens, outputTokens }: Pick<Usage, 'inputTokens' | 'outputTokens'>,
  price: Price,
): number {
  return (inputTokens * price.input + outputTokens * price.output) / 1_000_000;
}
