import { fork } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { workerEnvironment, type WorkerKind } from '../../workers/worker-environment.ts';

export interface WorkerProcess {
  readonly pid: number;
  /** Resolves when it polls, rejects when it ends before. */
  ready: Promise<void>;
  /** Resolves when the process is gone. Does nothing to one that has ended. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

export interface WorkerProcessOptions {
  environment: NodeJS.ProcessEnv;
  logFile: string;
}

const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/** The real worker of this kind. Unlike with `runAllWorkers` nobody starts it again. */
export function startWorkerProcess(kind: WorkerKind, { environment, logFile }: WorkerProcessOptions): WorkerProcess {
  const log = openSync(logFile, 'a');
  const child = fork(fileURLToPath(new URL(`../../workers/${kind}.ts`, import.meta.url)), {
    execArgv: ['--import', tsx],
    env: workerEnvironment(kind, environment),
    stdio: ['ignore', log, log, 'ipc'],
    // Ctrl-C is for the benchmark alone, which ends its training before its workers.
    detached: true,
  });
  closeSync(log);
  const gone = once(child, 'exit');
  const endedTooEarly = gone.then(() => Promise.reject(new Error(`The ${kind} worker has ended: see ${logFile}.`)));
  const ready = Promise.race([once(child, 'message').then(() => undefined), endedTooEarly]);
  ready.catch(() => undefined); // Also where nobody waits for it any more.
  return {
    pid: child.pid!,
    ready,
    async end(signal) {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill(signal);
      await gone;
    },
  };
}
