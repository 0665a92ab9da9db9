import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import type { Logger } from 'pino';
import { z } from 'zod';

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

const ownerSchema = z.object({ workflowId: z.string().min(1), namespace: z.string() });

/** The control folders of this host's executions that have this file and an owner. */
export async function controlFoldersWith(file: string, controlRoot: string): Promise<string[]> {
  if (!existsSync(controlRoot)) return [];
  const entries = await readdir(controlRoot, { recursive: true });
  return entries
    .filter((entry) => entry.endsWith(`/${file}`))
    .map((entry) => join(controlRoot, dirname(entry)))
    .filter((control) => existsSync(join(control, 'owner.json')));
}

/** Whether the workflow that an execution belongs to has ended; throws when the server cannot be asked. */
export async function isAbandoned(
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
