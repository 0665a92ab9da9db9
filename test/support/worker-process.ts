import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export interface WorkerProcess {
  readonly pid: number;
  kill(): Promise<void>;
}

export interface WorkerProcessOptions {
  address: string;
  /** Holds its state and its log. */
  folder: string;
  artifactRoot: string;
  environment?: Record<string, string>;
}

const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const entry = fileURLToPath(new URL('../../workers/gpu.ts', import.meta.url));

/** The real gpu worker as a process of its own; resolves when it polls. */
export async function startGpuWorker(options: WorkerProcessOptions): Promise<WorkerProcess> {
  const { address, folder, artifactRoot, environment } = options;
  const log = openSync(join(folder, 'gpu.log'), 'a');
  const child = fork(entry, {
    execArgv: ['--import', tsx],
    env: {
      ...process.env,
      TEMPORAL_ADDRESS: address,
      LONGRUN_STATE: join(folder, 'state'),
      LONGRUN_HOME: artifactRoot,
      LONGRUN_SLOTS: '1',
      ...environment,
    },
    stdio: ['ignore', log, log, 'ipc'],
  });
  const ready = once(child, 'message');
  await Promise.race([ready, once(child, 'exit').then(() => Promise.reject(new Error(`see ${folder}/gpu.log`)))]);
  return { pid: child.pid ?? 0, kill: () => kill(child) };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}
