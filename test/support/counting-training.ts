import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { markExecutionPaused } from '../../activities/mark-execution-paused.ts';
import type { TrainingDependencies } from '../../activities/dependencies.ts';
import type { ExecutionRequest } from '../../activities/execution-request.ts';
import { aPatientTraining } from './patient-training.ts';
import { watch } from './training.ts';

/**
 * Counts its steps, notes each, and saves a checkpoint when it is asked to stop. It ends when there is a file `go`; its
 * metric is the number of steps that it has left out or done twice, over all its starts.
 */
const counting = `
import os, time, longrun
with open("starts", "a") as file:
    file.write(f"{os.getpid()}\\n")
checkpoint = longrun.latest_checkpoint()
step, done = (0, 0) if checkpoint is None else map(int, open(checkpoint[1]).read().split())
def save(path):
    with open(path, "w") as file:
        file.write(f"{step} {done}")
while not os.path.exists("go") and not longrun.should_stop():
    step, done = step + 1, done + 1
    longrun.log(step, loss=1 / step)
    with open("steps", "a") as file:
        file.write(f"{step}\\n")
    time.sleep(0.02)
longrun.save_checkpoint(step, save)
longrun.finish(val_error=step - done)
`;

/** The counting script, laid out on a host whose files are below `folder`, and how it is paused. */
export async function aCountingTraining(folder: string, overrides: Partial<TrainingDependencies> = {}) {
  const training = await aPatientTraining(folder, { script: counting, ...overrides });
  const { dependencies, request, work } = training;
  const mark = (isPaused: boolean): Promise<void> => markExecutionPaused(dependencies, { ...request, isPaused });
  return {
    ...training,
    mark,
    /** The steps of all its starts, in their order. */
    steps: async () => (await readFile(join(work, 'steps'), 'utf8')).trim().split('\n').map(Number),
    /** A watcher that is cancelled because of a pause. */
    pause: async (): Promise<unknown> => {
      const watcher = await watchCounting(dependencies, request);
      await mark(true);
      watcher.environment.cancel();
      return await watcher.result;
    },
  };
}

/** A watcher, which beats often, of a counting training that has done a few steps since its start. */
export async function watchCounting(dependencies: TrainingDependencies, request: ExecutionRequest) {
  const watcher = watch(dependencies, request, { heartbeatTimeoutMs: 2000 });
  const before = await watcher.beatWhere(() => true);
  await watcher.beatWhere(({ step }) => (step ?? 0) > (before.step ?? 0) + 3);
  return watcher;
}
