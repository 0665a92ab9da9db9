import type { Decision } from './hold.ts';

/** What the webhook is told: little, and enough to know whether to look. */
export interface Notice {
  /** The same however often it is sent, so that a receiver can drop what it has seen. */
  id: string;
  event: 'waiting' | 'goalReached' | 'failed' | 'finished';
  /** The experiment's id. */
  experiment: string;
  /** Null before there is a plan. */
  title: string | null;
  /** ISO 8601. */
  at: string;
  /** One sentence. */
  text: string;
  /** What `decide` answers; null where no decision is waited for. */
  decision: Decision | null;
  /** How it has ended; null while it goes on. */
  verdict: string | null;
  best: { trial: number; mean: number } | null;
  /** Its name; null before there is a plan. */
  metric: string | null;
}
