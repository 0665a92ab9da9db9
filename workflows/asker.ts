import type { Allowance } from './domain/allowance.ts';
import type { Spending } from './domain/budget.ts';
import type { Nudges } from './domain/guidance.ts';
import type { Hold } from './domain/hold.ts';
import type { Models } from './schema/models.ts';

/** Who asks: an experiment or a trial. What it says may change from one moment to the next. */
export interface Asker {
  models(): Models;
  /** What is left to spend. */
  allowance(): Allowance;
  /** How many messages of people are on disk. */
  messages(): number;
  nudges(): Nudges;
  shouldGiveUp(): boolean;
  /** Resolves at once unless a person has paused it at once. */
  goOn(): Promise<void>;
  whenSpent: 'finish' | 'wait';
  count(spending: Spending): void;
  /** `spent`: by failed attempts of the call in hand, so far. */
  show(hold: Hold | null, spent?: Spending): Promise<void>;
  waitFor(isTrue: () => boolean): Promise<void>;
}
