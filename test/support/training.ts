import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { MockActivityEnvironment } from '@temporalio/testing';
import type { Host } from '../../activities/adapters/host.ts';
import { localArtifactStore } from '../../activities/adapters/local-artifact-store.ts';
import type { HostDependencies } from '../../activities/dependencies.ts';
import { executionPlace, type ExecutionPlace } from '../../activities/execution-place.ts';
import { runTraining, type ExecutionHeartbeat, type ExecutionRequest } from '../../activities/run-training.ts';
import { managedPython } from '../../workers/managed-python/managed-python.ts';
import type { Execution } from '../../workflows/domain/execution.ts';
import { anActivityEnvironment, runIn } from './activity-environment.ts';
import { anExperiment } from './builders.ts';
import { folderContent } from './folder-content.ts';
import { killAll } from './process-life.ts';

/** A host without a GPU, with the real Python, whose files are all below `folder`. */
export function aHost(folder: string): Host {
  const { python } = managedPython();
  return { name: 'some-host', stateFolder: `${folder}/state`, python, supervisorPython: python, gpus: [], slots: 2 };
}

export function hostDependencies(folder: string): HostDependencies {
  return { artifacts: localArtifactStore(`${folder}/artifacts`), host: aHost(folder) };
}

/** One watcher of one training, as a test holds it. */
export interface Watcher {
  environment: MockActivityEnvironment;
  result: Promise<Execution>;
  /** Resolves with the first heartbeat that the condition holds for. */
  beatWhere(holds: (heartbeat: ExecutionHeartbeat) => boolean): Promise<ExecutionHeartbeat>;
}

/** Puts the script into the artifact folder and says how it is to be run. */
export async function aRequest(
  { artifacts }: HostDependencies,
  script: string,
  overrides: Partial<ExecutionRequest> = {},
): Promise<ExecutionRequest> {
  const reference = await artifacts.folder('digits').write('trials/001/train.py', script);
  return {
    experiment: anExperiment(),
    trial: 1,
    name: 'seed-0',
    script: reference,
    seed: 0,
    isRehearsal: false,
    deadlineSeconds: 60,
    metricName: 'val_error',
    ...overrides,
  };
}

export function watch(dependencies: HostDependencies, request: ExecutionRequest): Watcher {
  const environment = anActivityEnvironment();
  const beats: ExecutionHeartbeat[] = [];
  environment.on('heartbeat', (heartbeat: ExecutionHeartbeat) => beats.push(heartbeat));
  const result = runIn(environment, () => runTraining(dependencies, request));
  let hasEnded = false;
  // Also marks a rejection as seen: a test that fails earlier must not leave one that nobody looks at.
  const end = (): void => void (hasEnded = true);
  result.then(end, end);
  return {
    environment,
    result,
    async beatWhere(holds) {
      let seen = 0;
      for (;;) {
        const found = beats.slice(seen).find(holds);
        if (found !== undefined) return found;
        if (hasEnded) throw new Error(`The training ended before the awaited heartbeat: ${JSON.stringify(beats)}`);
        seen = beats.length;
        await delay(20);
      }
    },
  };
}

export function placeOf(dependencies: HostDependencies, request: ExecutionRequest): ExecutionPlace {
  return executionPlace(dependencies.host, request);
}

/** The supervisor and the trainer of the execution with this control folder. */
export async function pidsOf(control: string): Promise<number[]> {
  const { supervisor, trainer } = JSON.parse(await readFile(join(control, 'state.json'), 'utf8'));
  return [trainer.pid, supervisor.pid];
}

/** Ends what tests left running on the host in this folder, so that nothing outlives them. */
export async function endTrainings(folder: string): Promise<void> {
  const state = join(folder, 'state', 'control');
  const controls = Object.keys(await folderContent(state))
    .filter((path) => path.endsWith('/state.json'))
    .map((path) => dirname(join(state, path)));
  for (const control of controls.filter((path) => !existsSync(join(path, 'exit.json')))) {
    await killAll(await pidsOf(control));
  }
}
