import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { request } from '../activities/adapters/supervised-process.ts';
import { controlFoldersWith, isAbandoned, type Missing, type SweepOptions } from './abandoned-execution.ts';
import { cleanUpExecutions } from './clean-up-executions.ts';
import type { Background } from './run-worker.ts';

const sweepMilliseconds = 3 * 60_000;

/** A sweep at the worker's start and every few minutes. */
export function keepSweeping(controlRoot: string): Background {
  return async ({ client, namespace, logger, signal }) => {
    const missing: Missing = new Map();
    while (!signal.aborted) {
      const options = { controlRoot, client, namespace, logger, now: Date.now };
      await sweepTrainings(options, missing);
      await cleanUpExecutions(options, missing);
      await delay(sweepMilliseconds, undefined, { signal }).catch(() => undefined);
    }
  };
}

/**
 * Asks every training of this host that has not ended to stop whose workflow has: a terminated workflow sends no
 * cancel, and its worker may have been dead at the time. Where the server cannot be asked nothing is done.
 */
export async function sweepTrainings(options: SweepOptions, missing: Missing): Promise<void> {
  for (const control of await openExecutions(options.controlRoot)) {
    try {
      if (!(await isAbandoned(options, control, missing))) continue;
      options.logger.info({ control }, 'the workflow of a training has ended, so it is stopped');
      await request(control, 'stop');
    } catch (error) {
      options.logger.warn({ control, error: String(error) }, 'cannot tell whether a training still has its workflow');
    }
  }
}

/** The control folders of executions that were started and have no end on record, stop requests not counted. */
async function openExecutions(controlRoot: string): Promise<string[]> {
  const started = await controlFoldersWith('state.json', controlRoot);
  return started.filter((control) => !existsSync(join(control, 'exit.json')) && !existsSync(join(control, 'stop')));
}
