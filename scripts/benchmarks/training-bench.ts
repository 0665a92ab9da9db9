import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, Connection, WorkflowNotFoundError, type WorkflowHandle } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { localArtifactStore } from '../../activities/adapters/local-artifact-store.ts';
import { nothingSpent } from '../../workflows/domain/budget.ts';
import type { Guidance } from '../../workflows/domain/guidance.ts';
import { taskQueue } from '../../workflows/domain/task-queue.ts';
import type { TrialInput } from '../../workflows/domain/trial.ts';
import type { Metric } from '../../workflows/schema/metric.ts';
import type { trial } from '../../workflows/trial.ts';
import { startDevelopmentServer } from '../development-server/development-server.ts';
import { stopSignal } from '../stop-signal.ts';
import { UserError } from '../user-error.ts';
import { createCleaning, type Cleaning } from './cleaning.ts';
import { endTrainings, foldersWith } from './control-folders.ts';
import { startWorkerProcess, type WorkerProcess } from './worker-process.ts';

/** One trial on a server, with workers and in folders of its own; no language model is asked. */
export interface TrainingBench {
  /** Where logs of the workers are, and all else that is gone at the end. */
  folder: string;
  startGpuWorker(): Promise<WorkerProcess>;
  /** Resolves when the trainer runs, or has run. Throws when the trial ends without. */
  startTrial(): Promise<BenchedTrial>;
  /** What the trial has published of its training. */
  published(name: string): string;
}

export interface BenchedTrial {
  handle: WorkflowHandle<typeof trial>;
  /** The control folder of its training. */
  control: string;
}

export interface BenchedTraining {
  script: string;
  metric: Metric;
  deadlineSeconds: number;
}

/** Whatever happens, also on Ctrl-C, nothing of it is left running. */
export async function withTrainingBench(
  training: BenchedTraining,
  act: (bench: TrainingBench) => Promise<void>,
): Promise<void> {
  // The SDK would shut our worker down on Ctrl-C, and by itself.
  Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });
  const interrupted = stopSignal().then(() => Promise.reject(new UserError('Interrupted.')));
  const cleaning = createCleaning();
  const opening = openBench(training, cleaning);
  try {
    await Promise.race([interrupted, opening.then(act)]);
  } finally {
    await Promise.allSettled([opening]);
    await cleaning.run();
  }
}

const experiment = { id: 'benchmark', runId: '00000000-0000-0000-0000-000000000000' };
const trialFolder = join('trials', '001');

async function openBench(training: BenchedTraining, cleaning: Cleaning): Promise<TrainingBench> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'longrun-benchmark-')));
  cleaning.defer(() => rm(folder, { recursive: true, force: true }));
  const [stateFolder, artifactRoot] = [join(folder, 'state'), join(folder, 'artifacts')];
  const server = await startDevelopmentServer({ stateFolder, port: 0, uiPort: 0 });
  cleaning.defer(() => server.stop());
  const connection = await Connection.connect({ address: server.address });
  cleaning.defer(() => connection.close());
  cleaning.defer(await startModelWorker(server.address, artifactRoot, training.script));
  const controlRoot = join(stateFolder, 'control');
  cleaning.defer(() => endTrainings(controlRoot));
  const places = { TEMPORAL_ADDRESS: server.address, LONGRUN_STATE: stateFolder, LONGRUN_HOME: artifactRoot };
  const environment = { ...process.env, ...places, TEMPORAL_NAMESPACE: 'default', LONGRUN_SLOTS: '1' };
  const startWorker = async (kind: 'orchestrator' | 'gpu'): Promise<WorkerProcess> => {
    if (cleaning.hasBegun) throw new Error('The benchmark is at its end.');
    const worker = startWorkerProcess(kind, { environment, logFile: join(folder, `${kind}.log`) });
    cleaning.defer(() => worker.end('SIGKILL'));
    await worker.ready;
    return worker;
  };
  await startWorker('orchestrator');
  const client = new Client({ connection });
  return {
    folder,
    startGpuWorker: () => startWorker('gpu'),
    async startTrial() {
      const handle = await client.workflow.start<typeof trial>('trial', {
        taskQueue: taskQueue.experiments,
        workflowId: 'benchmark',
        args: [trialInput(training)],
      });
      cleaning.defer(() => terminate(handle));
      return { handle, control: await awaitControl(controlRoot, handle) };
    },
    published: (name) => join(artifactRoot, experiment.id, trialFolder, 'seed-0', name),
  };
}

/** In the place of the `llm` worker: it writes the benchmark's script and has nothing to say about the rest. */
async function startModelWorker(address: string, artifactRoot: string, script: string): Promise<() => Promise<void>> {
  const folder = localArtifactStore(artifactRoot).folder(experiment.id);
  const reference = await folder.write(join(trialFolder, 'train.py'), script);
  const connection = await NativeConnection.connect({ address });
  const worker = await Worker.create({
    connection,
    taskQueue: taskQueue.languageModel,
    activities: {
      writeTrainingScript: usable({ title: 'Benchmark', script: reference }),
      summarizeLog: usable(null),
      analyzeTrial: usable({ finding: '', verdict: 'continue', reason: '', taskUpdates: [] }),
    },
  });
  const run = worker.run();
  return async () => {
    worker.shutdown();
    await run;
    await connection.close();
  };
}

const usable = (value: unknown) => async () => ({ kind: 'usable', value, spending: nothingSpent });

/** What the trial is told at its start. */
export const benchGuidance: Guidance = {
  messages: 0,
  models: {},
  allowance: { tokens: null, usd: null, calls: null },
  nudges: { resumes: 0, extensions: 0 },
};

function trialInput({ metric, deadlineSeconds }: BenchedTraining): TrialInput {
  return {
    experiment,
    number: 1,
    step: { kind: 'draft' },
    metric,
    seeds: 1,
    deadlineSeconds,
    resources: { gpus: 1, data: [], hostLossMinutes: null },
    packages: [],
    planVersion: 1,
    tasks: [],
    earlierTrials: [],
    best: null,
    guidance: benchGuidance,
    whenSpent: 'finish',
  };
}

/** Whoever waits for its result has it then: a request that is open when the connection is closed ends the process. */
async function terminate(handle: WorkflowHandle<typeof trial>): Promise<void> {
  try {
    await handle.terminate('the benchmark is over');
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error; // It has ended by itself.
  }
  await Promise.allSettled([handle.result()]);
}

async function awaitControl(root: string, handle: WorkflowHandle<typeof trial>): Promise<string> {
  let end: unknown;
  handle.result().then(
    ({ outcome }) => (end = outcome),
    (error: unknown) => (end = error),
  );
  for (;;) {
    const control = foldersWith(root, 'state.json').find((folder) => folder.endsWith('/seed-0'));
    if (control !== undefined) return control;
    if (end instanceof Error) throw end;
    if (end !== undefined) throw new Error(`The trial ended without a training: ${JSON.stringify(end)}`);
    await delay(50);
  }
}
