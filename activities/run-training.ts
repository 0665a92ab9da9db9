import { mkdir } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { ApplicationFailure, CancelledFailure, Context, log } from '@temporalio/activity';
import type { ExitRecord } from '../workflows/schema/execution-record.ts';
import type { Execution } from '../workflows/domain/execution.ts';
import { failureType } from '../workflows/domain/failure-type.ts';
import { taskQueue } from '../workflows/domain/task-queue.ts';
import { usableSlots } from './adapters/free-slots.ts';
import type { Host } from './adapters/host.ts';
import { withHeartbeat } from './adapters/heartbeat.ts';
import { ensureExecution, readExit, type Decision, type ExecutionSpec } from './adapters/supervised-process.ts';
import { collectExecution } from './collect-execution.ts';
import type { TrainingDependencies } from './dependencies.ts';
import { describeProgress } from './describe-progress.ts';
import { keepBeating, type Beating } from './keep-beating.ts';
import type { ExecutionRequest } from './execution-request.ts';
import type { Watched } from './watched.ts';
import { watcherLeaves } from './watcher-leaves.ts';
import { leaveIfAsked } from './leave-training.ts';
import { openWatched } from './open-watched.ts';
import { pauseIfMarked } from './pause-training.ts';
import { prepareExecution } from './prepare-execution.ts';

/**
 * Watches one execution to its end. It owns nothing: the supervisor does, so a watcher may die or be doubled at any
 * moment, and the next one finds the process running, finished or lost. How the script ends is data; only a cancel,
 * a pause, a shutdown or a fault of the host throws.
 */
export async function runTraining(dependencies: TrainingDependencies, request: ExecutionRequest): Promise<Execution> {
  const watched = openWatched(dependencies, request);
  await mkdir(watched.place.control, { recursive: true });
  await announce(watched);
  try {
    const exit = await watchToEnd(watched);
    const publishing = { host: dependencies.host.name, seed: request.seed, publishing: true };
    return await withHeartbeat(publishing, () => collectExecution(watched, exit));
  } catch (error) {
    throw withHost(error, dependencies.host.name);
  } finally {
    watched.slotUse.end();
  }
}

/**
 * From the first heartbeat on a training may run here, so whatever goes wrong says where to look for it. A cancel
 * stays what it is.
 */
function withHost(error: unknown, host: string): unknown {
  if (error instanceof CancelledFailure) return error;
  const failure = error instanceof ApplicationFailure ? error : null;
  if (failure !== null && (failure.nonRetryable === true || failure.details?.[0] !== undefined)) return error;
  return ApplicationFailure.create({
    type: failure?.type ?? failureType.watchFailed,
    message: failure?.message ?? `The watcher on ${host} failed: ${String(error)}`,
    details: [{ host }],
    ...(error instanceof Error ? { cause: error } : {}),
  });
}

/** Nothing is started before the server knows the host: a later watcher must know where to look for the training. */
async function announce(watched: Watched): Promise<void> {
  const { cancellationSignal } = Context.current();
  while (!cancellationSignal.aborted && !(await watched.heartbeats.send(await describeProgress(watched)))) {
    const { isUnknown, isSilent } = watched.heartbeats;
    if (isUnknown || isSilent) throw watcherLeaves(watched, 'The server did not answer the first heartbeat.');
    await delay(pollMilliseconds);
  }
}

const pollMilliseconds = 250;
/** A supervisor that was killed leaves no exit record: asking again finds that out and starts what was lost. */
const askAgainMilliseconds = 10_000;
const busyMilliseconds = 2_000;
/** Then another host may have a free slot: what came by the common queue goes back to it. */
const longestBusyMilliseconds = 30_000;

async function watchToEnd(watched: Watched): Promise<ExitRecord> {
  const beating = keepBeating(watched);
  try {
    return await watchPrepared(watched, await prepareExecution(watched), beating);
  } finally {
    await watched.digest.stop();
    beating.stop();
  }
}

async function watchPrepared(watched: Watched, spec: ExecutionSpec, beating: Beating): Promise<ExitRecord> {
  const { place, request, checkpoints, digest } = watched;
  let askAgainAt = 0;
  let busySince: number | null = null;
  const endedInPause = await pauseIfMarked(watched, spec);
  if (endedInPause !== null) return endedInPause;
  for (;;) {
    const ended = await leaveIfAsked(watched, spec);
    if (ended !== null) return ended;
    if (beating.problem !== null) throw beating.problem;
    const now = performance.now();
    if (now >= askAgainAt && mayStart(watched)) {
      const answer = await ask(watched, spec);
      if (typeof answer === 'object') return answer;
      busySince = answer === 'busy' ? (busySince ?? now) : null;
      if (busySince !== null && now - busySince > longestBusyMilliseconds && isOnCommonQueue()) throw busy(watched);
      askAgainAt = now + (answer === 'busy' ? busyMilliseconds : askAgainMilliseconds);
    }
    const exit = await readExit(place.control);
    if (exit !== null) return exit;
    if (request.resources.hostLossMinutes !== null) checkpoints.advance();
    digest.advance();
    await delay(pollMilliseconds);
  }
}

/** Where another host may stand in for this one, nothing is started here that the server has not heard of lately. */
function mayStart({ request, heartbeats }: Watched): boolean {
  return request.resources.hostLossMinutes === null || !heartbeats.isSilent;
}

/** On its own queue a host waits for as long as it takes: what it waits for has its checkpoint here. */
function isOnCommonQueue(): boolean {
  return Context.current().info.taskQueue === taskQueue.gpu;
}

/** The exit record, or whether the training runs or waits for a slot. */
async function ask(watched: Watched, spec: ExecutionSpec): Promise<ExitRecord | 'runs' | 'busy'> {
  const { dependencies, place } = watched;
  const decision = await ensure(dependencies.host, place.control, spec);
  switch (decision.decision) {
    case 'finished':
      return decision.exit;
    case 'busy':
      return 'busy';
    case 'refused':
      throw ApplicationFailure.nonRetryable(decision.reason, failureType.executionRefused);
    case 'diskFull':
      throw ApplicationFailure.create({ type: failureType.diskFull, message: decision.message });
    case 'resumed':
      log.warn('an execution was lost and has been started again', { control: place.control });
      break;
    case 'started':
    case 'alive':
      break;
  }
  watched.slotUse.begin();
  return 'runs';
}

/** Which GPUs may be taken is asked of the driver, which is slow, only where nothing runs yet. */
async function ensure(host: Host, control: string, spec: ExecutionSpec): Promise<Decision> {
  const without = { ...spec, slots: host.accelerator === 'cpu' ? host.slots : [] };
  const decision = await ensureExecution(host.supervisorPython, control, without);
  if (decision.decision !== 'busy' || host.accelerator === 'cpu') return decision;
  const { slots, problem } = await usableSlots(host);
  if (problem !== null) log.warn('no GPU can be looked at', { problem });
  return await ensureExecution(host.supervisorPython, control, { ...spec, slots });
}

function busy({ dependencies }: Watched): ApplicationFailure {
  const { name } = dependencies.host;
  return ApplicationFailure.create({ type: failureType.hostBusy, message: `No slot came free on ${name}.` });
}
