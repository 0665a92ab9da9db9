import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

const pollMilliseconds = 200;

/**
 * Does the work while no other process holds the same lock file, and says so when it has to wait. The file names its
 * holder (process and host). A holder that is gone from this host is overruled; whether one on another host (a shared
 * home) still lives cannot be known, so that one is waited for, and the line that says so names the file to remove.
 */
export async function withExclusiveLock(lockFile, work) {
  await acquire(lockFile);
  try {
    return await work();
  } finally {
    unlinkSync(lockFile);
  }
}

async function acquire(lockFile) {
  const ticket = `${lockFile}.${uniqueSuffix()}`;
  writeFileSync(ticket, ourName());
  try {
    let hasSaidSo = false;
    while (!tryToLink(ticket, lockFile)) {
      const holder = readHolder(lockFile);
      if (holder === undefined) continue;
      if (isGone(holder)) {
        removeStaleLock(lockFile, holder);
        continue;
      }
      if (!hasSaidSo) process.stdout.write(`… waiting for another set-up (${holder}; its lock is ${lockFile})\n`);
      hasSaidSo = true;
      await sleep(pollMilliseconds);
    }
  } finally {
    unlinkSync(ticket);
  }
}

/** A link is made complete with its content or not at all, so that nobody ever reads a lock without a holder. */
function tryToLink(ticket, lockFile) {
  try {
    linkSync(ticket, lockFile);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function readHolder(lockFile) {
  try {
    return readFileSync(lockFile, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Our own process id on a lock that we do not hold belongs to an earlier process that had the same one. */
function isGone(holder) {
  const [, processId, host] = /^process (\d+) on (.*)$/.exec(holder) ?? [];
  if (processId === undefined) throw new Error(`Unreadable lock "${holder}": remove the file and start again.`);
  if (host !== hostname()) return false;
  if (Number(processId) === process.pid) return true;
  try {
    process.kill(Number(processId), 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

/** Two waiters may do this at once: the slower one can catch the quicker one's fresh lock, which it then puts back. */
function removeStaleLock(lockFile, staleHolder) {
  const aside = `${lockFile}.${uniqueSuffix()}`;
  try {
    renameSync(lockFile, aside);
  } catch (error) {
    if (error.code === 'ENOENT') return;
    throw error;
  }
  if (readHolder(aside) !== staleHolder) tryToLink(aside, lockFile);
  unlinkSync(aside);
}

function ourName() {
  return `process ${process.pid} on ${hostname()}`;
}

function uniqueSuffix() {
  return `${process.pid}-${randomBytes(4).toString('hex')}`;
}
