import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { managedPython } from '../../workers/managed-python/managed-python.ts';
import { minuteOf } from '../minute-of.ts';
import { UserError } from '../user-error.ts';

const holdLockScript = fileURLToPath(new URL('hold_lock.py', import.meta.url));

/** Says that it holds the lock, and ends when we do, however we end: then nobody writes to it any more. */
const holder = 'import sys; print("held", flush=True); sys.stdin.read()';

const lockIsHeld = 75;

const recordSchema = z.object({ pid: z.number(), since: z.iso.datetime() });

type WorkersRecord = z.infer<typeof recordSchema>;

/**
 * One set of workers for each state folder: a second one would run beside it with the settings of another shell. Throws a
 * UserError that names the process with the other set. Resolves to what gives the folder free again.
 */
export async function lockWorkers(stateFolder: string): Promise<() => Promise<void>> {
  await mkdir(stateFolder, { recursive: true });
  const [lock, record] = [join(stateFolder, 'workers.lock'), join(stateFolder, 'workers.json')];
  const { python } = managedPython();
  const child = spawn(python, ['-I', '-S', holdLockScript, lock, python, '-I', '-S', '-c', holder], {
    // Ctrl-C is for us alone.
    detached: true,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit') as Promise<[number | null]>;
  const refusal = await Promise.race([once(child.stdout, 'data').then(() => null), exited]);
  if (refusal?.[0] === lockIsHeld) throw runsAlready(stateFolder, await readRecord(record));
  if (refusal !== null) throw new Error(`The lock ${lock} could not be taken.`);
  const release = async (): Promise<void> => {
    child.stdin.end();
    await exited;
  };
  try {
    await writeFile(record, `${JSON.stringify({ pid: process.pid, since: new Date().toISOString() })}\n`);
  } catch (error) {
    await release();
    throw error;
  }
  return async () => {
    await rm(record, { force: true });
    await release();
  };
}

function runsAlready(stateFolder: string, record: WorkersRecord | null): UserError {
  const who = record === null ? '' : ` (process ${record.pid}, since ${minuteOf(record.since)} UTC)`;
  return new UserError(
    `Longrun runs in ${stateFolder} already${who}: its workers take what is started; end it to run others.`,
  );
}

/** Null where it cannot be read: in the moment in which it is written, or after a full disk. The lock says enough. */
async function readRecord(file: string): Promise<WorkersRecord | null> {
  try {
    return recordSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return null;
  }
}
