import { setTimeout as delay } from 'node:timers/promises';
import { join } from 'node:path';
import { ApplicationFailure, Context, log } from '@temporalio/activity';
import type { ArtifactReference } from '../workflows/schema/artifact-reference.ts';
import type { ExitRecord, MetricLine } from '../workflows/schema/execution-record.ts';
import type { Execution } from '../workflows/domain/execution.ts';
import { failureType } from '../workflows/domain/failure-type.ts';
import { withHeartbeat } from './adapters/heartbeat.ts';
import { followMetrics, type MetricsTail } from './adapters/metrics-tail.ts';
import {
  ensureExecution,
  readExit,
  requestStop,
  type Decision,
  type ExecutionSpec,
} from './adapters/supervised-process.ts';
import { sizeOfUntrusted } from './adapters/untrusted-file.ts';
import { collectExecution } from './collect-execution.ts';
import type { HostDependencies } from './dependencies.ts';
import { executionPlace, type ExecutionName, type ExecutionPlace } from './execution-place.ts';
import { prepareExecution } from './prepare-execution.ts';

/** One process of a generated script. */
export interface ExecutionRequest extends ExecutionName {
  script: ArtifactReference;
  seed: number;
  isRehearsal: boolean;
  deadlineSeconds: number;
  metricName: string;
}

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

/**
 * Watches one execution to its end. It owns nothing: the supervisor does, so a watcher may die or be doubled at any
 * moment, and the next one finds the process running, finished or lost. How the script ends is data; only a cancel,
 * a shutdown or a fault of the host throws.
 */
export async function runTraining(dependencies: HostDependencies, request: ExecutionRequest): Promise<Execution> {
  const { host } = dependencies;
  const place = executionPlace(host, request);
  const metrics = followMetrics(join(place.work, 'metrics.jsonl'));
  await beat({ host: host.name, request, place, metrics });
  const spec = await prepareExecution(dependencies, request, place);
  const exit = await watchToEnd({ host: host.name, request, place, metrics }, host.supervisorPython, spec);
  const collect = () => collectExecution(dependencies, { request, place, exit, metrics });
  return await withHeartbeat({ host: host.name, seed: request.seed, publishing: true }, collect);
}

interface Watched {
  host: string;
  request: ExecutionRequest;
  place: ExecutionPlace;
  metrics: MetricsTail;
}

const pollMilliseconds = 250;
const stoppingMilliseconds = 1_000;
/** A supervisor that was killed leaves no exit record: asking again finds that out and starts what was lost. */
const ensureMilliseconds = 10_000;

async function watchToEnd(watched: Watched, python: string, spec: ExecutionSpec): Promise<ExitRecord> {
  const { control } = watched.place;
  const ensure = (): Promise<Decision> => ensureExecution(python, control, spec);
  let askAgainAt = 0;
  for (;;) {
    await throwIfCancelled(watched, ensure);
    if (Date.now() >= askAgainAt) {
      const decision = await ensure();
      if (decision.decision === 'finished') return decision.exit;
      if (decision.decision === 'refused')
        throw ApplicationFailure.nonRetryable(decision.reason, failureType.executionRefused);
      if (decision.decision === 'resumed') log.warn('an execution was lost and has been started again', { control });
      askAgainAt = Date.now() + (decision.decision === 'busy' ? 2_000 : ensureMilliseconds);
    }
    const exit = await readExit(control);
    if (exit !== null) return exit;
    await beat(watched);
    await delay(pollMilliseconds);
  }
}

async function beat({ host, request, place, metrics }: Watched): Promise<void> {
  const newest = await metrics.advance();
  const seconds = newest?.seconds ?? 0;
  const details: ExecutionHeartbeat = {
    host,
    seed: request.seed,
    seconds: Math.round(seconds),
    step: newest?.step ?? null,
    etaMinutes: etaMinutes(seconds, newest, request.deadlineSeconds),
    logBytes: await sizeOfUntrusted(place.output),
    metrics: firstMetrics(newest?.metrics ?? {}),
  };
  Context.current().heartbeat(details);
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

/**
 * A shutdown of the worker leaves the training running and says where it is. A cancel, or an activity that the
 * server no longer knows, stops it; what is thrown then is Temporal's own reason, which alone counts as cancelled.
 */
async function throwIfCancelled({ host, place }: Watched, ensure: () => Promise<Decision>): Promise<void> {
  const context = Context.current();
  if (!context.cancellationSignal.aborted) return;
  const details = context.cancellationDetails;
  if (details?.workerShutdown === true) {
    throw ApplicationFailure.create({
      type: failureType.watcherShutDown,
      message: `The worker on ${host} shuts down; the training goes on.`,
      details: [{ host }],
    });
  }
  const isGone = details?.notFound === true && !details.timedOut;
  if (details?.cancelRequested === true || isGone) await stopAndWait(host, place.control, ensure);
  throw context.cancellationSignal.reason;
}

/** Where no supervisor runs (none was started, or it was killed) asking for one is what makes the stop final. */
async function stopAndWait(host: string, control: string, ensure: () => Promise<Decision>): Promise<void> {
  await requestStop(control);
  while ((await readExit(control)) === null) {
    if ((await ensure()).decision === 'finished') return;
    Context.current().heartbeat({ host, stopping: true });
    await delay(stoppingMilliseconds);
  }
}
