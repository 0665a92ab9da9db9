import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { MockActivityEnvironment } from '@temporalio/testing';
import type { Host } from '../../activities/adapters/host.ts';
import { localArtifactStore } from '../../activities/adapters/local-artifact-store.ts';
import { openSandbox, type Sandbox } from '../../activities/adapters/sandbox.ts';
import type { ServerLine } from '../../activities/adapters/server-line.ts';
import { unlimitedSlots } from '../../activities/adapters/slot-ledger.ts';
import type { TrainingDependencies } from '../../activities/dependencies.ts';
import type { ExecutionHeartbeat } from '../../activities/describe-progress.ts';
import { executionPlace, type ExecutionPlace } from '../../activities/execution-place.ts';
import { runTraining } from '../../activities/run-training.ts';
import type { ExecutionRequest } from '../../activities/execution-request.ts';
import { managedPython } from '../../workers/managed-python/managed-python.ts';
import type { Execution } from '../../workflows/domain/execution.ts';
import { firstPlacement } from '../../workflows/domain/placement.ts';
import { anActivityEnvironment, runIn } from './activity-environment.ts';
import { aMetric, anExperiment, someResources } from './builders.ts';
import { folderContent } from './folder-content.ts';
import { killAll } from './process-life.ts';

/** A host without a GPU, with the real Python, whose files are all below `folder`. Scripts run without a sandbox. */
export function aHost(folder: string, overrides: Partial<Host> = {}): Host {
  const { python, uv } = managedPython();
  const slot = (index: number) => ({ name: `cpu-${index}`, lockFile: `${folder}/cpu-${index}.lock`, deviceNodes: [] });
  return {
    name: 'some-host',
    stateFolder: `${folder}/state`,
    python,
    supervisorPython: python,
    sandbox: { kind: 'off' },
    installer: { uv, python, folder: `${folder}/environments` },
    accelerator: 'cpu',
    devices: [],
    problem: null,
    slots: [slot(0), slot(1)],
    ...overrides,
  };
}

/** The sandbox that this machine has. */
export async function theSandbox(): Promise<Sandbox> {
  const { python, bubblewrap } = managedPython();
  const candidates = bubblewrap === undefined ? ['bwrap'] : ['bwrap', bubblewrap];
  return await openSandbox({ mode: 'auto', candidates, python, supervisorPython: python });
}

/** A server that acknowledges everything and whose workflow goes on. */
export const attentiveServer: ServerLine = {
  sendHeartbeat: async () => 'acknowledged',
  isWorkflowClosed: async () => false,
};

export function hostDependencies(folder: string, overrides: Partial<TrainingDependencies> = {}): TrainingDependencies {
  return {
    artifacts: localArtifactStore(`${folder}/artifacts`),
    host: aHost(folder),
    slots: unlimitedSlots,
    orphanHours: 1,
    openServerLine: () => attentiveServer,
    ...overrides,
  };
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
  { artifacts }: TrainingDependencies,
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
    metric: aMetric(),
    resources: someResources(),
    placement: firstPlacement,
    lock: null,
    ...overrides,
  };
}

export function watch(
  dependencies: TrainingDependencies,
  request: ExecutionRequest,
  info: Parameters<typeof anActivityEnvironment>[0] = {},
): Watcher {
  const environment = anActivityEnvironment({ heartbeatTimeoutMs: 8000, ...info });
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

export function placeOf(dependencies: TrainingDependencies, request: ExecutionRequest): ExecutionPlace {
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
