import type { Models } from '../schema/models.ts';
import type { Allowance } from './allowance.ts';
import type { Spending } from './budget.ts';

/**
 * What one call of a language model came to. Whatever was paid for is data, not an exception: it is on disk, its cost
 * is counted, and what follows from it is decided by `afterReply`.
 */
export type Reply<T> = { spending: Spending } & (
  | { kind: 'usable'; value: T }
  /** The next round names the problems to the model. */
  | { kind: 'unusable'; problems: string[] }
  /** At its limit of tokens: the next round continues it. */
  | { kind: 'cut' }
  | { kind: 'refused'; problem: string }
  /** Nothing was asked. */
  | { kind: 'overBudget'; shortage: string }
);

export type UnusableReply = Exclude<Reply<never>, { kind: 'usable' }>;

/** One request of a question, and what it may use. */
export interface Round {
  /** Counts the requests of one prompt and owner: a part of the call's id. */
  round: number;
  /** What was wrong with the reply before. */
  problems: string[];
  /** The round that began the reply which this one continues; null begins a new one. */
  continues: number | null;
  models: Models;
  allowance: Allowance;
  /** How many messages of people are on disk. */
  messages: number;
}
