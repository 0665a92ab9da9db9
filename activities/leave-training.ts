import { setTimeout as delay } from 'node:timers/promises';
import { CancelledFailure, Context, log } from '@temporalio/activity';
import type { ExitRecord } from '../workflows/schema/execution-record.ts';
import { ensureExecution, readExit, request, type ExecutionSpec } from './adapters/supervised-process.ts';
import { interruptAndWait, pauseIfMarked } from './pause-training.ts';
import type { Watched } from './watched.ts';
import { watcherLeaves } from './watcher-leaves.ts';

/**
 * Throws when this watcher has to go, after it has done to the training what the reason asks for:
 *
 * - the worker shuts down: nothing, the next watcher re-attaches
 * - cancelled, or its workflow has ended: it is stopped for good
 * - cancelled with the marker of a pause: it stops at a checkpoint, and a watcher after the pause goes on from there
 * - its activity is paused: the same, and the attempt after that pause goes on
 * - the server has given this attempt up while its workflow goes on: nothing, another one watches
 *
 * A server that does not answer is no reason to go, whatever the SDK's own timer says: checkpoints are published all
 * the while, and whether the training goes on is for its supervisor to decide.
 *
 * Of a cancellation a CancelledFailure is thrown, which alone counts as cancelled or paused; that of a stop names the
 * host, where the workflow has it published. Of a marked pause
 * `Execution.Paused`. What it returns, unless it is null, is the exit record of a training that has ended by itself in
 * the very moment of a marked pause.
 */
export async function leaveIfAsked(watched: Watched, spec: ExecutionSpec): Promise<ExitRecord | null> {
  const { cancellationSignal: signal, cancellationDetails: details } = Context.current();
  if (watched.heartbeats.isUnknown) await leaveGivenUp(watched, spec);
  if (!signal.aborted || details?.timedOut === true) return null;
  if (details?.workerShutdown === true) throw watcherLeaves(watched, 'The worker shuts down; the training goes on.');
  if (details?.cancelRequested === true) {
    const exit = await pauseIfMarked(watched, spec);
    if (exit !== null) return exit;
    await stopAndWait(watched, spec);
    throw new CancelledFailure('The training is stopped.', [{ host: watched.dependencies.host.name }]);
  } else if (details?.paused === true) await interruptAndWait(watched, spec);
  else if (details?.notFound === true) await stopIfWorkflowClosed(watched, spec);
  throw signal.reason;
}

async function leaveGivenUp(watched: Watched, spec: ExecutionSpec): Promise<never> {
  await stopIfWorkflowClosed(watched, spec);
  throw watcherLeaves(watched, 'The server has given this watcher up; the training goes on.');
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
