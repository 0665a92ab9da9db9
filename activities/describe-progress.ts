import type { MetricLine } from '../workflows/schema/execution-record.ts';
import { sizeOfUntrusted } from './adapters/untrusted-file.ts';
import { timeLeft, type TimeLeft } from './time-left.ts';
import type { Watched } from './watched.ts';

/** What the Web UI and `longrun watch` show of a running execution. Every beat carries all of it. */
export interface ExecutionHeartbeat extends TimeLeft {
  host: string;
  seed: number;
  seconds: number;
  step: number | null;
  logBytes: number;
  metrics: MetricLine['metrics'];
}

export async function describeProgress(watched: Watched): Promise<ExecutionHeartbeat> {
  const { dependencies, request, place, metrics } = watched;
  const newest = await metrics.advance();
  return {
    host: dependencies.host.name,
    seed: request.seed,
    seconds: Math.round(newest?.seconds ?? 0),
    step: newest?.step ?? null,
    ...timeLeft(newest, metrics.restarts, request.deadlineSeconds),
    logBytes: await sizeOfUntrusted(place.output),
    metrics: firstMetrics(newest?.metrics ?? {}),
  };
}

/** Heartbeats live in the server's mutable state: a script that logs a thousand metrics must not fill it. */
function firstMetrics(metrics: MetricLine['metrics']): MetricLine['metrics'] {
  return Object.fromEntries(Object.entries(metrics).slice(0, 8));
}
