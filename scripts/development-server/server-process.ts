import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { managedPython } from '../../workers/managed-python/managed-python.ts';
import { searchAttribute } from '../../workflows/domain/search-attributes.ts';
import type { ServerFiles } from './server-files.ts';
import { findTemporalCli } from './temporal-cli.ts';

const holdLockScript = fileURLToPath(new URL('hold_lock.py', import.meta.url));
const lockIsHeld = 75;
const graceMilliseconds = 10_000;
const pollMilliseconds = 50;
const recentLogLines = 20;

/** What the server needs of our environment; no key of a language model or a cloud is among it. */
const passedOnVariables = ['PATH', 'HOME', 'TMPDIR', 'TZ', 'LANG'];

/** A server that this process has launched. */
export interface ServerProcess {
  pid: number;
  hasExited(): boolean;
  wasRefusedTheLock(): boolean;
  /** What this server has written, at most its last 20 lines. */
  recentLog(): Promise<string>;
  /** SIGTERM, and SIGKILL after ten seconds; resolves when the process is gone. */
  stop(): Promise<void>;
}

export interface ServerLaunch {
  files: ServerFiles;
  port: number;
  uiPort: number;
}

/** Whether a process holds the lock of the state folder at this moment. */
export async function isLockHeld(files: ServerFiles): Promise<boolean> {
  const child = spawn(managedPython().python, ['-I', '-S', holdLockScript, files.lock], { stdio: 'inherit' });
  const [status] = (await once(child, 'exit')) as [number | null];
  if (status !== 0 && status !== lockIsHeld) throw new Error(`The lock ${files.lock} could not be looked at.`);
  return status === lockIsHeld;
}

/** Launches the server under the lock, in a session of its own. It has not answered yet when this resolves. */
export async function launchServer({ files, port, uiPort }: ServerLaunch): Promise<ServerProcess> {
  const command = [findTemporalCli(process.env), ...serverArguments({ files, port, uiPort })];
  await using log = await open(files.log, 'a');
  const { size: logStart } = await log.stat();
  const child = spawn(managedPython().python, ['-I', '-S', holdLockScript, files.lock, ...command], {
    cwd: files.folder,
    detached: true,
    env: Object.fromEntries(passedOnVariables.map((name) => [name, process.env[name]])),
    stdio: ['ignore', log.fd, log.fd],
  });
  await once(child, 'spawn');
  child.unref();
  return {
    pid: child.pid!,
    hasExited: () => hasExited(child),
    wasRefusedTheLock: () => child.exitCode === lockIsHeld,
    recentLog: () => readRecentLog(files.log, logStart),
    stop: () => stop(child, files),
  };
}

/**
 * The write-ahead log doubles the throughput. The poll rate of the transfer queue (20 a second by default) would
 * make each activity of a sequence wait for 50 to 100 milliseconds. The search attributes count for a new database;
 * into an old one the orchestrator puts them.
 */
function serverArguments({ files, port, uiPort }: ServerLaunch): string[] {
  return [
    ['server', 'start-dev', '--ip', '127.0.0.1', '--port', `${port}`, '--ui-port', `${uiPort}`],
    ['--db-filename', files.database],
    ['--sqlite-pragma', 'journal_mode=WAL', '--sqlite-pragma', 'synchronous=NORMAL'],
    ['--dynamic-config-value', 'history.transferProcessorMaxPollRPS=1000'],
    ...Object.values(searchAttribute).map(({ name, type }) => ['--search-attribute', `${name}=${type}`]),
    ['--log-level', 'error'],
  ].flat();
}

async function readRecentLog(file: string, start: number): Promise<string> {
  const lines = (await readFile(file)).subarray(start).toString('utf8').trimEnd().split('\n');
  const omitted = lines.length - recentLogLines;
  if (omitted <= 0) return lines.join('\n');
  return [`(${omitted} earlier lines are in ${file})`, ...lines.slice(-recentLogLines)].join('\n');
}

async function stop(child: ChildProcess, files: ServerFiles): Promise<void> {
  if (hasExited(child)) return;
  // Nobody shall join a server that is about to end.
  await rm(files.record, { force: true });
  child.ref();
  child.kill('SIGTERM');
  const killTimer = setTimeout(() => child.kill('SIGKILL'), graceMilliseconds);
  while (!hasExited(child)) await sleep(pollMilliseconds);
  clearTimeout(killTimer);
}

function hasExited(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
