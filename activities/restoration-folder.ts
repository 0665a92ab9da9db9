import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { log } from '@temporalio/activity';

/**
 * Makes the folder in which the checkpoints of another host are put together, and returns its path. It lies beside
 * the work folder, where a script cannot have left a link, and names the process that fills it.
 */
export async function makeRestorationFolder(work: string, placement: number): Promise<string> {
  const folder = newName(work, placement);
  await mkdir(folder, { mode: 0o700 });
  return folder;
}

function newName(work: string, placement: number): string {
  return `${work}.checkpoints.${placement}.restoring-${process.pid}-${randomUUID()}`;
}

/** What could not be removed is named in the log: the restoration itself has succeeded or failed without it. */
export async function removeRestorationFolder(folder: string): Promise<void> {
  try {
    await rm(folder, { recursive: true, force: true });
  } catch (error) {
    log.warn('a folder of restored checkpoints could not be removed', { folder, error: String(error) });
  }
}

/**
 * Removes what processes that are dead left of their restorations. The caller runs no other one for this work folder
 * in this process. `putBack`: where such a process has moved the old checkpoints aside and no new ones in, they come
 * back.
 */
export async function removeLeftovers(work: string, { putBack }: { putBack: boolean }): Promise<void> {
  for (const name of await readdir(dirname(work))) {
    const [, placement, pid] = leftoverName.exec(suffixOf(work, name)) ?? [];
    if (placement === undefined || isAnotherLiving(Number(pid))) continue;
    // Under a new name first: should its process live after all, it must not lay down a folder half removed.
    const folder = newName(work, Number(placement));
    await rename(join(dirname(work), name), folder);
    if (putBack) await moveUnlessTaken(join(folder, 'old', 'checkpoints'), join(work, 'checkpoints'));
    await removeRestorationFolder(folder);
  }
}

const leftoverName = /^\.checkpoints\.(\d+)\.restoring-(\d+)-[0-9a-f-]{36}$/;

function suffixOf(work: string, name: string): string {
  return name.startsWith(basename(work)) ? name.slice(basename(work).length) : '';
}

/** A process id may have been given to another process: then a leftover stays for another time. */
function isAnotherLiving(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

async function moveUnlessTaken(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (!['ENOENT', 'ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(code)) throw error;
  }
}
