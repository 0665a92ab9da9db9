import type { Restarts } from './adapters/metrics-tail.ts';
import type { MetricLine } from '../workflows/schema/execution-record.ts';

export interface TimeLeft {
  /** As long as it takes if it comes on as it has so far; null where the script does not log `progress`, 0 to 1. */
  etaMinutes: number | null;
  /** Then its deadline ends it. */
  deadlineMinutes: number;
}

/**
 * What is left of a training, by its newest line. A process that goes on from a checkpoint is measured by its own lines
 * alone: its seconds begin at 0, its progress does not.
 */
export function timeLeft(newest: MetricLine | null, restarts: Restarts, deadlineSeconds: number): TimeLeft {
  const seconds = newest?.seconds ?? 0;
  const eta = newest === null ? null : etaSeconds(newest, restarts.firstLine);
  const deadline = Math.max(0, deadlineSeconds - restarts.earlierSeconds - seconds);
  return { etaMinutes: eta === null ? null : inMinutes(Math.min(eta, deadline)), deadlineMinutes: inMinutes(deadline) };
}

function etaSeconds(newest: MetricLine, firstLine: MetricLine | null): number | null {
  const progress = progressOf(newest);
  const start = firstLine === null ? 0 : progressOf(firstLine);
  if (progress === null || start === null || progress <= start) return null;
  return ((newest.seconds - (firstLine?.seconds ?? 0)) * (1 - progress)) / (progress - start);
}

function progressOf({ metrics: { progress } }: MetricLine): number | null {
  return typeof progress === 'number' && progress >= 0 && progress <= 1 ? progress : null;
}

function inMinutes(seconds: number): number {
  return Math.round(seconds / 6) / 10;
}
