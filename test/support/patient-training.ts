import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TrainingDependencies } from '../../activities/dependencies.ts';
import type { ExecutionRequest } from '../../activities/execution-request.ts';
import { aRequest, hostDependencies, placeOf, watch } from './training.ts';

/** Notes each start and its pid, logs once, and waits for a file `go` or a request to stop before it ends. */
export const patient = `
import os, time, longrun
with open("starts", "a") as file:
    file.write(f"{os.getpid()}\\n")
longrun.log(3, loss=0.5, progress=0.25)
while not os.path.exists("go") and not longrun.should_stop():
    time.sleep(0.02)
longrun.finish(val_error=2)
`;

/** A watcher of a training that runs and has logged. */
export async function watchRunning(dependencies: TrainingDependencies, request: ExecutionRequest, info = {}) {
  const watcher = watch(dependencies, request, info);
  const heartbeat = await watcher.beatWhere(({ step }) => step === 3);
  return { ...watcher, heartbeat };
}

/** An activity whose heartbeats must be heard often. */
export const soonGivenUp = { heartbeatTimeoutMs: 3000 };

/** The pids of all processes of it that were ever started. */
export const startsIn = async (work: string) =>
  (await readFile(join(work, 'starts'), 'utf8')).trim().split('\n').map(Number);

export const letGo = (work: string) => writeFile(join(work, 'go'), '');

/** The patient script, laid out on a host whose files are below `folder`. */
export async function aPatientTraining(
  folder: string,
  { script = patient, ...overrides }: { script?: string } & Partial<TrainingDependencies> = {},
) {
  const dependencies = hostDependencies(folder, overrides);
  const request = await aRequest(dependencies, script);
  const { control, work } = placeOf(dependencies, request);
  return { dependencies, request, control, work };
}
