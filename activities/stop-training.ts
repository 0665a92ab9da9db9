import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ExitRecord } from '../workflows/schema/execution-record.ts';
import type { Execution } from '../workflows/domain/execution.ts';
import { withHeartbeat } from './adapters/heartbeat.ts';
import { endExecution, readExit } from './adapters/supervised-process.ts';
import { collectExecution } from './collect-execution.ts';
import type { TrainingDependencies } from './dependencies.ts';
import type { ExecutionRequest } from './execution-request.ts';
import { openWatched } from './open-watched.ts';
import type { Watched } from './watched.ts';

/**
 * Ends an execution for good, whether it runs, is paused or has ended, and publishes its log, metrics and checkpoints as
 * those of one that ended by itself. Null where it was never started on this host. Doing it again changes nothing.
 */
export async function stopTraining(
  dependencies: TrainingDependencies,
  request: ExecutionRequest,
): Promise<Execution | null> {
  const watched = openWatched(dependencies, request);
  try {
    if (!existsSync(join(watched.place.control, 'spec.json'))) return null;
    const stopping = { host: dependencies.host.name, seed: request.seed, stopping: true };
    return await withHeartbeat(stopping, async () => collectExecution(watched, await endOf(watched)));
  } finally {
    watched.slotUse.end();
  }
}

const pollMilliseconds = 250;

async function endOf({ dependencies, place }: Watched): Promise<ExitRecord> {
  let exit = await readExit(place.control);
  if (exit === null) await endExecution(dependencies.host.supervisorPython, place.control);
  while (exit === null) {
    await delay(pollMilliseconds);
    exit = await readExit(place.control);
  }
  return exit;
}
