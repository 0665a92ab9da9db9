import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { devicesInUse } from './devices.ts';
import type { Host, Slot } from './host.ts';

const run = promisify(execFile);
const freeSlotsScript = fileURLToPath(new URL('../python/supervisor/free_slots.py', import.meta.url));
const freeSchema = z.array(z.string());

/**
 * The slots that nobody has now: no training of ours, whichever worker started it, holds the lock, no foreign process
 * uses the GPU, and it has not failed a moment ago. The driver, which is slow, is asked only where more than `promised`
 * are unlocked; else there are none. Throws when it cannot be told.
 */
export async function freeSlots(host: Host, promised = 0): Promise<Slot[]> {
  const unlocked = (await unlockedSlots(host)).filter((slot) => !isSuspect(slot));
  if (unlocked.length <= promised) return [];
  const inUse = await devicesInUse(host);
  return unlocked.filter(({ name }) => !inUse.has(name));
}

export interface UsableSlots {
  slots: Slot[];
  /** Why it cannot be told which ones are; null where it can. */
  problem: string | null;
}

/**
 * The slots that a training may take when their locks are free: those that no foreign process uses. None where that
 * cannot be told: a training that runs is found all the same, and no new one starts on a GPU that nobody can look at.
 */
export async function usableSlots(host: Host): Promise<UsableSlots> {
  try {
    const [unlocked, inUse] = await Promise.all([unlockedSlots(host), devicesInUse(host)]);
    const foreign = new Set(unlocked.filter(({ name }) => inUse.has(name)));
    return { slots: host.slots.filter((slot) => !foreign.has(slot) && !isSuspect(slot)), problem: null };
  } catch (error) {
    return { slots: [], problem: String(error).split('\n', 1)[0] ?? 'the driver does not answer' };
  }
}

const suspectMilliseconds = 60 * 60_000;
const suspicionFile = ({ lockFile }: Slot): string => `${lockFile}.suspect`;

/**
 * Leaves a GPU that has failed alone for an hour: the next training would take it first, and fail as well. Users share
 * the folder of locks, so a mark may be another one's: then it stays as old as it is.
 */
export async function markSuspect(slots: readonly Slot[]): Promise<void> {
  await Promise.allSettled(slots.map((slot) => writeFile(suspicionFile(slot), '')));
}

function isSuspect(slot: Slot): boolean {
  const status = statSync(suspicionFile(slot), { throwIfNoEntry: false });
  return status !== undefined && Date.now() - status.mtimeMs < suspectMilliseconds;
}

async function unlockedSlots(host: Host): Promise<Slot[]> {
  const unlocked = new Set(
    await unlockedFiles(
      host,
      host.slots.map(({ lockFile }) => lockFile),
    ),
  );
  return host.slots.filter(({ lockFile }) => unlocked.has(lockFile));
}

/** Which of these pairs of locks nobody holds. */
export async function unlockedFiles(
  { supervisorPython }: Pick<Host, 'supervisorPython'>,
  lockFiles: string[],
): Promise<string[]> {
  const { stdout } = await run(supervisorPython, ['-I', '-S', freeSlotsScript, ...lockFiles], { timeout: 30_000 });
  return freeSchema.parse(JSON.parse(stdout));
}
