import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { taskQueue } from '../../workflows/domain/task-queue.ts';
import type { experiment } from '../../workflows/experiment.ts';
import { startDevelopmentServer } from '../development-server/development-server.ts';
import { printLine } from '../print.ts';
import { stopSignal } from '../stop-signal.ts';
import { UserError } from '../user-error.ts';
import { createCleaning, type Cleaning } from './cleaning.ts';
import { peakMemoryBytes, residentMemoryBytes } from './resource-use.ts';
import { runBenchmark } from './run-benchmark.ts';
import { startSlowModel } from './slow-model.ts';
import { startWorkerProcess, type WorkerProcess } from './worker-process.ts';

/*
 * What the `llm` worker takes of memory while many calls are in flight: `npm run benchmark:calls [CALLS]`, 50 where
 * none are given. So many experiments draft a plan, each with an idea of 20 KB; their replies stream for a minute.
 */

const streamingSeconds = 60;
const megabyte = 1e6;

async function main(): Promise<void> {
  const calls = Number(process.argv[2] ?? 50);
  if (!Number.isInteger(calls) || calls < 1 || calls > 50) {
    throw new UserError('Say how many calls are to be in flight: a whole number from 1 to 50.', 2);
  }
  const cleaning = createCleaning();
  const interrupted = stopSignal().then(() => Promise.reject(new UserError('Interrupted.')));
  const measuring = measure(calls, cleaning);
  try {
    await Promise.race([interrupted, measuring]);
  } finally {
    await cleaning.run();
    await Promise.allSettled([measuring]);
  }
}

async function measure(calls: number, cleaning: Cleaning): Promise<void> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'longrun-benchmark-')));
  cleaning.defer(() => rm(folder, { recursive: true, force: true }));
  const model = await startSlowModel();
  cleaning.defer(() => model.close());
  const server = await startDevelopmentServer({ stateFolder: join(folder, 'state'), port: 0, uiPort: 0 });
  cleaning.defer(() => server.stop());
  const environment = {
    ...process.env,
    TEMPORAL_ADDRESS: server.address,
    TEMPORAL_NAMESPACE: 'default',
    LONGRUN_STATE: join(folder, 'state'),
    LONGRUN_HOME: join(folder, 'artifacts'),
    LONGRUN_MODEL: 'openai/slow',
    OPENAI_BASE_URL: model.baseUrl,
  };
  const start = async (kind: 'orchestrator' | 'gpu' | 'llm'): Promise<WorkerProcess> => {
    const worker = startWorkerProcess(kind, { environment, logFile: join(folder, `${kind}.log`) });
    cleaning.defer(() => worker.end('SIGKILL'));
    await worker.ready;
    return worker;
  };
  const [, , llm] = await Promise.all([start('orchestrator'), start('gpu'), start('llm')]);
  printLine(`idle: ${await residentMegabytes(llm)} MB`);

  const connection = await Connection.connect({ address: server.address });
  cleaning.defer(() => connection.close());
  await startExperiments(new Client({ connection }), calls);
  while (model.inFlight() < calls) await delay(100);
  printLine(`${calls} calls in flight: ${await residentMegabytes(llm)} MB`);
  await delay(streamingSeconds * 1000);
  if (model.inFlight() !== calls)
    throw new Error(`Only ${model.inFlight()} calls are in flight still: this counts for nothing.`);
  printLine(`after ${streamingSeconds} s of streaming: ${await residentMegabytes(llm)} MB`);
  printLine(`peak: ${Math.round(((await peakMemoryBytes(llm.pid)) ?? 0) / megabyte)} MB`);
}

async function startExperiments(client: Client, count: number): Promise<void> {
  for (let number = 1; number <= count; number += 1) {
    await client.workflow.start<typeof experiment>('experiment', {
      taskQueue: taskQueue.experiments,
      workflowId: `benchmark-${number}`,
      args: [{ idea: `${number}. Does it help to try something else? `.repeat(500).slice(0, 20_000) }],
    });
  }
}

async function residentMegabytes({ pid }: WorkerProcess): Promise<number> {
  return Math.round(((await residentMemoryBytes(pid)) ?? 0) / megabyte);
}

await runBenchmark(main);
