import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Host } from '../activities/adapters/host.ts';
import { endExecution } from '../activities/adapters/supervised-process.ts';
import { controlRoot } from '../activities/execution-place.ts';
import { controlFoldersWith, isAbandoned, type Missing, type SweepOptions } from './abandoned-execution.ts';
import { cleanUpExecutions } from './clean-up-executions.ts';
import type { Background } from './run-worker.ts';

const sweepMilliseconds = 3 * 60_000;

/** A sweep at the worker's start and every few minutes. */
export function keepSweeping(host: Pick<Host, 'stateFolder' | 'supervisorPython'>): Background {
  return async ({ client, namespace, logger, signal }) => {
    const missing: Missing = new Map();
    while (!signal.aborted) {
      const options = { controlRoot: controlRoot(host), client, namespace, logger, now: Date.now };
      await sweepTrainings({ ...options, supervisorPython: host.supervisorPython }, missing);
      await cleanUpExecutions(options, missing);
      await delay(sweepMilliseconds, undefined, { signal }).catch(() => undefined);
    }
  };
}

/**
 * Ends every training of this host that has not ended and whose workflow has: a terminated workflow sends no cancel,
 * its worker may have been dead at the time, and one that was paused has nobody who watches it. A training that is
 * paused by a workflow that goes on is left as it is. Where the server cannot be asked nothing is done.
 */
export async function sweepTrainings(
  options: SweepOptions & { supervisorPython: string },
  missing: Missing,
): Promise<void> {
  for (const control of await openExecutions(options.controlRoot)) {
    try {
      if (!(await isAbandoned(options, control, missing))) continue;
      options.logger.info({ control }, 'the workflow of a training has ended, so it is stopped');
      await endExecution(options.supervisorPython, control);
    } catch (error) {
      options.logger.warn({ control, error: String(error) }, 'a training that may have lost its workflow is not ended');
    }
  }
}

/** The control folders of executions that were started and have no end on record. */
async function openExecutions(controlRoot: string): Promise<string[]> {
  const started = await controlFoldersWith('state.json', controlRoot);
  return started.filter((control) => !existsSync(join(control, 'exit.json')));
}
