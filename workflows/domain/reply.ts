import type { Spending } from './budget.ts';

/**
 * What one call of a language model came to. An unusable reply is data, not an exception: it was paid for, it is on
 * disk, and the next round tells the model what was wrong with it.
 */
export type Reply<T> =
  { kind: 'usable'; value: T; spending: Spending } | { kind: 'unusable'; problems: string[]; spending: Spending };

/** Which round of the same question this is (part of the call's id), and what was wrong with the reply before. */
export interface Round {
  round: number;
  problems: string[];
}
