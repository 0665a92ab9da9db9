import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ApplicationFailure, Context, log } from '@temporalio/activity';
import { failureType } from '../workflows/domain/failure-type.ts';
import { unlockedFiles } from './adapters/free-slots.ts';
import { ensureExecution, readExit, request, type ExecutionSpec } from './adapters/supervised-process.ts';
import type { Watched } from './watched.ts';

/**
 * Throws when this watcher has to go, after it has done to the training what the reason asks for:
 *
 * - the worker shuts down: nothing, the next watcher re-attaches
 * - cancelled, or its workflow has ended: it is stopped for good
 * - paused by a person: it stops at a checkpoint, and the attempt after the pause goes on from there
 * - the server has given this attempt up while its workflow goes on: nothing, another one watches
 *
 * A server that does not answer is no reason to go, whatever the SDK's own timer says: checkpoints are published all
 * the while, and whether the training goes on is for its supervisor to decide.
 *
 * Of a cancellation Temporal's own reason is thrown, which alone counts as cancelled or paused.
 */
export async function leaveIfAsked(watched: Watched, spec: ExecutionSpec): Promise<void> {
  const { cancellationSignal: signal, cancellationDetails: details } = Context.current();
  if (watched.heartbeats.isUnknown) await leaveGivenUp(watched, spec);
  if (!signal.aborted || details?.timedOut === true) return;
  if (details?.workerShutdown === true) throw watcherLeaves(watched, 'The worker shuts down; the training goes on.');
  if (details?.cancelRequested === true) await stopAndWait(watched, spec);
  else if (details?.paused === true) await interruptAndWait(watched);
  else if (details?.notFound === true) await stopIfWorkflowClosed(watched, spec);
  throw signal.reason;
}

async function leaveGivenUp(watched: Watched, spec: ExecutionSpec): Promise<never> {
  await stopIfWorkflowClosed(watched, spec);
  throw watcherLeaves(watched, 'The server has given this watcher up; the training goes on.');
}

/** It says where the training is, so that the workflow looks for it there. */
export function watcherLeaves({ dependencies }: Watched, message: string): ApplicationFailure {
  const { name } = dependencies.host;
  return ApplicationFailure.create({ type: failureType.watcherShutDown, message, details: [{ host: name }] });
}

/**
 * An attempt that the server no longer knows may be one that has timed out, whose successor is on its way: only the
 * end of the workflow ends the training. Where nobody can say, the sweep will find out.
 */
async function stopIfWorkflowClosed(watched: Watched, spec: ExecutionSpec): Promise<void> {
  let isClosed: boolean;
  try {
    isClosed = await watched.line.isWorkflowClosed();
  } catch (error) {
    log.warn('nobody can say whether the workflow goes on; the sweep will find out', { error: String(error) });
    return;
  }
  if (isClosed) await stopAndWait(watched, spec);
}

const stoppingMilliseconds = 500;

/** Where no supervisor runs (none was started, or it was killed) asking for one is what makes the stop final. */
async function stopAndWait(watched: Watched, spec: ExecutionSpec): Promise<void> {
  const { control } = watched.place;
  const { supervisorPython } = watched.dependencies.host;
  await request(control, 'stop');
  while ((await readExit(control)) === null) {
    if ((await ensureExecution(supervisorPython, control, spec)).decision === 'finished') return;
    watched.heartbeats.beat({ host: watched.dependencies.host.name, stopping: true });
    await delay(stoppingMilliseconds);
  }
}

/** Until the locks of the execution are free: the next attempt goes on from the checkpoint that it has saved by then. */
async function interruptAndWait(watched: Watched): Promise<void> {
  const { control } = watched.place;
  const locks = [join(control, 'lock')];
  await request(control, 'interrupt');
  while ((await unlockedFiles(watched.dependencies.host, locks)).length === 0) {
    if ((await readExit(control)) !== null) return;
    watched.heartbeats.beat({ host: watched.dependencies.host.name, pausing: true });
    await delay(stoppingMilliseconds);
  }
}
