import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { workerEnvironment, type WorkerKind } from './worker-environment.ts';

const kinds: WorkerKind[] = ['orchestrator', 'llm', 'gpu'];

export interface AllWorkersOptions {
  environment: NodeJS.ProcessEnv;
  /** One log file for each worker, appended to. */
  logFolder: string;
  /** Told of every worker that ended without being asked to. */
  onRestart(kind: WorkerKind, reason: string): void;
}

export interface AllWorkers {
  /** Resolves when each of them polls its queues. */
  ready: Promise<void>;
  pids(): Partial<Record<WorkerKind, number>>;
  /** SIGTERM to each, and SIGKILL to those that stay; resolves when all are gone. */
  stop(): Promise<void>;
}

/** Runs every kind of worker as a child process of its own and starts again the one that dies. */
export function runAllWorkers(options: AllWorkersOptions): AllWorkers {
  mkdirSync(options.logFolder, { recursive: true });
  const keepers = kinds.map((kind) => keepRunning(kind, options));
  return {
    ready: Promise.all(keepers.map((keeper) => keeper.ready)).then(() => undefined),
    pids: () => Object.fromEntries(keepers.map(({ kind, pid }) => [kind, pid()])),
    stop: async () => void (await Promise.all(keepers.map((keeper) => keeper.stop()))),
  };
}

interface Keeper {
  kind: WorkerKind;
  ready: Promise<void>;
  pid: () => number | undefined;
  stop: () => Promise<void>;
}

const longestPauseMilliseconds = 30_000;
const shutdownMilliseconds = 30_000;

function keepRunning(kind: WorkerKind, options: AllWorkersOptions): Keeper {
  let child: ChildProcess;
  let isStopping = false;
  let failuresInARow = 0;
  let announceReady: () => void;
  const ready = new Promise<void>((resolve) => (announceReady = resolve));

  const start = (): void => {
    child = startWorker(kind, options);
    child.on('message', () => {
      failuresInARow = 0;
      announceReady();
    });
    child.once('exit', (code, signal) => {
      if (isStopping) return;
      failuresInARow += 1;
      options.onRestart(kind, signal ?? `status ${code}`);
      // The first restart is immediate; a worker that cannot live is tried ever more seldom.
      const pause = failuresInARow === 1 ? 0 : Math.min(longestPauseMilliseconds, 500 * 2 ** failuresInARow);
      void delay(pause, undefined, { ref: false }).then(() => (isStopping ? undefined : start()));
    });
  };
  start();
  return {
    kind,
    ready,
    pid: () => child.pid,
    async stop() {
      isStopping = true;
      await stopWorker(child);
    },
  };
}

const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

function startWorker(kind: WorkerKind, { environment, logFolder }: AllWorkersOptions): ChildProcess {
  const log = openSync(join(logFolder, `${kind}.log`), 'a');
  const entry = fileURLToPath(new URL(`./${kind}.ts`, import.meta.url));
  const child = fork(entry, {
    execArgv: ['--import', tsx],
    env: workerEnvironment(kind, environment),
    stdio: ['ignore', log, log, 'ipc'],
    // Out of our terminal's process group: Ctrl-C reaches only us, and we stop the workers in order.
    detached: true,
  });
  closeSync(log);
  return child;
}

async function stopWorker(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), shutdownMilliseconds);
  await gone;
  clearTimeout(timer);
}
