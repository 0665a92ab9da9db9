import type { MetricLine } from '../workflows/schema/execution-record.ts';
import { sizeOfUntrusted } from './adapters/untrusted-file.ts';
import type { Watched } from './watched.ts';

/** What the Web UI and `longrun watch` show of a running execution. Every beat carries all of it. */
export interface ExecutionHeartbeat {
  host: string;
  seed: number;
  seconds: number;
  step: number | null;
  etaMinutes: number;
  logBytes: number;
  metrics: MetricLine['metrics'];
}

export async function describeProgress(watched: Watched): Promise<ExecutionHeartbeat> {
  const { dependencies, request, place, metrics } = watched;
  const newest = await metrics.advance();
  const seconds = newest?.seconds ?? 0;
  return {
    host: dependencies.host.name,
    seed: request.seed,
    seconds: Math.round(seconds),
    step: newest?.step ?? null,
    etaMinutes: etaMinutes(seconds, newest, request.deadlineSeconds),
    logBytes: await sizeOfUntrusted(place.output),
    metrics: firstMetrics(newest?.metrics ?? {}),
  };
}

/** From the metric `progress` (0 to 1) where the script logs it; else the deadline, which is the most it can be. */
function etaMinutes(seconds: number, newest: MetricLine | null, deadlineSeconds: number): number {
  const progress = newest?.metrics['progress'];
  const isUsable = typeof progress === 'number' && progress > 0 && progress <= 1;
  const remaining = isUsable ? (seconds * (1 - progress)) / progress : deadlineSeconds - seconds;
  return Math.max(0, Math.round(remaining / 6) / 10);
}

/** Heartbeats live in the server's mutable state: a script that logs a thousand metrics must not fill it. */
function firstMetrics(metrics: MetricLine['metrics']): MetricLine['metrics'] {
  return Object.fromEntries(Object.entries(metrics).slice(0, 8));
}
