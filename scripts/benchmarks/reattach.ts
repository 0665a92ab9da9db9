import { setTimeout as delay } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import { tsToMs } from '@temporalio/common/lib/time.js';
import { printLine } from '../print.ts';
import { runBenchmark } from './run-benchmark.ts';
import { withTrainingBench, type TrainingBench } from './training-bench.ts';
import { trainingProcesses } from './training-processes.ts';
import type { WorkerProcess } from './worker-process.ts';

/*
 * How long a training goes unwatched when its gpu worker ends: the seconds from the signal to the first heartbeat of
 * the next watcher that the server has acknowledged. The next worker is started as soon as the old one is gone, on the
 * same state folder. `npm run benchmark:reattach`; it takes about two and a half minutes.
 *
 * After SIGTERM the watcher says that it leaves. After SIGKILL the server has to notice it: the heartbeat time-out of
 * 30 seconds counts from the last heartbeat, of which there is one every two seconds.
 */

const runs = 3;

/** Steps for longer than the benchmark takes. */
const script = `
import time, longrun
step = 0
while not longrun.rehearsal and not longrun.should_stop():
    step += 1
    longrun.log(step, loss=1 / step)
    time.sleep(0.5)
longrun.finish(steps=step)
`;

type Signal = 'SIGTERM' | 'SIGKILL';

async function main(): Promise<void> {
  const training = { script, metric: { name: 'steps', direction: 'maximize' } as const, deadlineSeconds: 3600 };
  await withTrainingBench(training, async (bench) => {
    let worker = await bench.startGpuWorker();
    const { handle, control } = await bench.startTrial();
    const { trainer } = await trainingProcesses(control);
    for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
      const seconds: number[] = [];
      for (let run = 1; run <= runs; run += 1) {
        const measured = await measure({ bench, handle, worker }, signal);
        seconds.push(measured.seconds);
        worker = measured.worker;
      }
      printLine(`${signal}: ${describe(seconds)}`);
    }
    if ((await trainingProcesses(control)).trainer !== trainer)
      throw new Error('The training has been started again, so this counts for nothing.');
    printLine('The trainer was the same process throughout.');
  });
}

interface Watched {
  bench: TrainingBench;
  handle: WorkflowHandle;
  worker: WorkerProcess;
}

const settlingMilliseconds = 3_000;

async function measure(
  { bench, handle, worker }: Watched,
  signal: Signal,
): Promise<{ seconds: number; worker: WorkerProcess }> {
  await delay(settlingMilliseconds);
  const { activityId } = await watcherAfter(handle, null);
  const signalledAt = Date.now();
  await worker.end(signal);
  const next = await bench.startGpuWorker();
  const { heartbeatAt } = await watcherAfter(handle, activityId);
  return { seconds: (heartbeatAt - signalledAt) / 1000, worker: next };
}

interface Watcher {
  activityId: string;
  /** Milliseconds of the server's clock, which is this machine's. */
  heartbeatAt: number;
}

const pollMilliseconds = 50;

/** The first watcher but this one of which the server has a heartbeat. */
async function watcherAfter(handle: WorkflowHandle, earlier: string | null): Promise<Watcher> {
  for (;;) {
    const { raw, status } = await handle.describe();
    if (status.name !== 'RUNNING') throw new Error(`The trial is ${status.name}: its training must not end by itself.`);
    const pending = raw.pendingActivities?.find(({ activityType }) => activityType?.name === 'runTraining');
    const { activityId, heartbeatDetails, lastHeartbeatTime } = pending ?? {};
    // The server also notes the start of an attempt as its last heartbeat, but then there are no details.
    const isHeard = (heartbeatDetails?.payloads?.length ?? 0) > 0;
    if (activityId && activityId !== earlier && isHeard && lastHeartbeatTime) {
      return { activityId, heartbeatAt: tsToMs(lastHeartbeatTime) };
    }
    await delay(pollMilliseconds);
  }
}

function describe(seconds: readonly number[]): string {
  const sorted = seconds.toSorted((a, b) => a - b).map((each) => each.toFixed(2));
  const [min, median, max] = [sorted[0], sorted[Math.floor(sorted.length / 2)], sorted.at(-1)];
  return `min ${min} s, median ${median} s, max ${max} s of ${seconds.length} runs`;
}

await runBenchmark(main);
