import { readdir, readFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import type { Logger } from 'pino';
import { z } from 'zod';
import { requestOf } from '../activities/adapters/supervised-process.ts';
import type { Background } from './run-worker.ts';

const sweepMilliseconds = 3 * 60_000;

/** A sweep at the worker's start and every few minutes. */
export function keepSweeping(controlRoot: string): Background {
  return async ({ client, namespace, logger, signal }) => {
    const missing: Missing = new Map();
    while (!signal.aborted) {
      await sweepTrainings({ controlRoot, client, namespace, logger, now: Date.now }, missing);
      await delay(sweepMilliseconds, undefined, { signal }).catch(() => undefined);
    }
  };
}

export interface SweepOptions {
  /** The folder below which every execution of this host has its control folder. */
  controlRoot: string;
  client: Pick<Client, 'workflow'>;
  namespace: string;
  logger: Pick<Logger, 'info' | 'warn'>;
  now: () => number;
}

/** Since when the server says that it knows nothing of an owner; kept from one sweep to the next. */
export type Missing = Map<string, number>;

/** A server that lost its database, or another one at the same address, must not end a day's training at once. */
const longestMissingMilliseconds = 10 * 60_000;

/**
 * Asks every training of this host that has not ended to stop whose workflow has: a terminated workflow sends no
 * cancel, and its worker may have been dead at the time. Where the server cannot be asked nothing is done.
 */
export async function sweepTrainings(options: SweepOptions, missing: Missing): Promise<void> {
  for (const control of await openExecutions(options.controlRoot)) {
    try {
      if (!(await isAbandoned(options, control, missing))) continue;
      options.logger.info({ control }, 'the workflow of a training has ended, so it is stopped');
      await requestOf(control, 'stop');
    } catch (error) {
      options.logger.warn({ control, error: String(error) }, 'cannot tell whether a training still has its workflow');
    }
  }
}

const ownerSchema = z.object({ workflowId: z.string().min(1), namespace: z.string() });

async function isAbandoned(
  { client, namespace, now }: SweepOptions,
  control: string,
  missing: Missing,
): Promise<boolean> {
  const owner = ownerSchema.safeParse(JSON.parse(await readFile(join(control, 'owner.json'), 'utf8')));
  if (!owner.success || owner.data.namespace !== namespace) return false;
  try {
    const { status } = await client.workflow.getHandle(owner.data.workflowId).describe();
    missing.delete(control);
    return status.name !== 'RUNNING' && status.name !== 'PAUSED';
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    const since = missing.get(control) ?? now();
    missing.set(control, since);
    return now() - since >= longestMissingMilliseconds;
  }
}

/** The control folders of executions that were started and have no end on record, stop requests not counted. */
async function openExecutions(controlRoot: string): Promise<string[]> {
  if (!existsSync(controlRoot)) return [];
  const entries = await readdir(controlRoot, { recursive: true });
  return entries
    .filter((entry) => entry.endsWith('/state.json'))
    .map((entry) => join(controlRoot, dirname(entry)))
    .filter((control) => !existsSync(join(control, 'exit.json')) && !existsSync(join(control, 'stop')))
    .filter((control) => existsSync(join(control, 'owner.json')));
}
