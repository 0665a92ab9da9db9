import { readFile, stat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import { unlockedFiles } from '../../activities/adapters/free-slots.ts';
import { readConfiguration } from '../../workers/configuration.ts';
import { managedPython } from '../../workers/managed-python/managed-python.ts';
import { openTrainingHost } from '../../workers/training-host.ts';
import { guidanceSignal } from '../../workflows/messages.ts';
import { printLine } from '../print.ts';
import { runBenchmark } from './run-benchmark.ts';
import { benchGuidance, withTrainingBench, type TrainingBench } from './training-bench.ts';

/*
 * How soon after a pause the GPU is free: the seconds from the cancel of the watcher, which follows the marker, and from
 * the signal to the trial, until nobody holds the locks of the training and of its slot. The training saves its
 * checkpoint at once; a large one takes as long as it takes to write. `npm run benchmark:pause`; it takes about a
 * minute and a quarter, and the locks are looked at some twenty times a second.
 *
 * A watcher learns of its cancel by its next heartbeat, of which there is one every two seconds.
 */

const tries = 10;

/** Steps for longer than the benchmark takes, and notes each step. */
const script = `
import time, longrun
checkpoint = longrun.latest_checkpoint()
step = 0 if checkpoint is None else int(open(checkpoint[1]).read())
def save(path):
    with open(path, "w") as file:
        file.write(str(step))
while not longrun.rehearsal and not longrun.should_stop():
    step += 1
    with open("steps", "a") as file:
        file.write(f"{step}\\n")
    longrun.log(step, loss=1 / step)
    time.sleep(0.1)
longrun.save_checkpoint(step, save)
longrun.finish(steps=step)
`;

async function main(): Promise<void> {
  const training = { script, metric: { name: 'steps', direction: 'maximize' } as const, deadlineSeconds: 3600 };
  await withTrainingBench(training, async (bench) => {
    await bench.startGpuWorker();
    const { handle, control } = await bench.startTrial();
    const [fromCancel, fromSignal]: [number[], number[]] = [[], []];
    for (let attempt = 1; attempt <= tries; attempt += 1) {
      const measured = await measure({ bench, handle, control });
      fromCancel.push(measured.fromCancel);
      fromSignal.push(measured.fromSignal);
    }
    await untilItSteps(control);
    const steps = await stepsOf(control);
    const odd = steps.find((step, index) => step !== index + 1);
    if (odd !== undefined) throw new Error(`Step ${odd} does not follow the one before it: a pause has lost some.`);
    printLine(`from the cancel: ${describe(fromCancel)}`);
    printLine(`from the signal: ${describe(fromSignal)}`);
    printLine(`The training went on with the very next step each time, to step ${steps.length}.`);
  });
}

interface Paused {
  bench: TrainingBench;
  handle: WorkflowHandle;
  control: string;
}

/** In seconds. */
interface Measurement {
  fromCancel: number;
  fromSignal: number;
}

async function measure({ bench, handle, control }: Paused): Promise<Measurement> {
  await untilItSteps(control);
  await delay(Math.random() * heartbeatMilliseconds);
  const locks = await locksOf(bench, control);
  const signalledAt = Date.now();
  await handle.signal(guidanceSignal, { ...benchGuidance, isHalted: true });
  while ((await unlockedFiles({ supervisorPython: managedPython().python }, locks)).length < locks.length);
  const freeAt = Date.now();
  const { mtimeMs: markedAt } = await stat(bench.published('paused'));
  while ((await watchers(handle)) > 0) await delay(pollMilliseconds);
  await handle.signal(guidanceSignal, { ...benchGuidance, isHalted: false });
  return { fromCancel: (freeAt - markedAt) / 1000, fromSignal: (freeAt - signalledAt) / 1000 };
}

const pollMilliseconds = 50;
/** So that the pauses are spread over the time between two. */
const heartbeatMilliseconds = 2000;

/** Until it has gone on for a few steps from now. */
async function untilItSteps(control: string): Promise<void> {
  const before = (await stepsOf(control)).length;
  while ((await stepsOf(control)).length < before + 3) await delay(pollMilliseconds);
}

/** `control/…` and `work/…` have the same layout. */
async function stepsOf(control: string): Promise<number[]> {
  const state = control.slice(0, control.lastIndexOf('/control/'));
  const work = join(state, 'work', relative(join(state, 'control'), control));
  try {
    return (await readFile(join(work, 'steps'), 'utf8')).trim().split('\n').map(Number);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

/** The training's own lock, and that of its GPU. */
async function locksOf({ folder }: TrainingBench, control: string): Promise<string[]> {
  const environment = { ...process.env, LONGRUN_STATE: join(folder, 'state'), LONGRUN_SLOTS: '1' };
  const { slots } = await openTrainingHost(readConfiguration(environment));
  const state = JSON.parse(await readFile(join(control, 'state.json'), 'utf8')) as { slots: string[] };
  const taken = slots.filter(({ name }) => state.slots.includes(name));
  if (taken.length === 0) throw new Error(`The training of ${dirname(control)} has no slot.`);
  return [join(control, 'lock'), ...taken.map(({ lockFile }) => lockFile)];
}

async function watchers(handle: WorkflowHandle): Promise<number> {
  const { raw, status } = await handle.describe();
  if (status.name !== 'RUNNING') throw new Error(`The trial is ${status.name}: a pause must not end it.`);
  return raw.pendingActivities?.length ?? 0;
}

function describe(seconds: readonly number[]): string {
  const sorted = seconds.toSorted((a, b) => a - b).map((each) => each.toFixed(2));
  const [median, max] = [sorted[Math.floor(sorted.length / 2)], sorted.at(-1)];
  return `median ${median} s, max ${max} s of ${seconds.length} tries`;
}

await runBenchmark(main);
