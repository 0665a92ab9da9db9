import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import type { WorkflowHandle } from '@temporalio/client';
import { acceptExecution } from '../../activities/accept-execution.ts';
import { localArtifactStore } from '../../activities/adapters/local-artifact-store.ts';
import { executionPlace, type ExecutionPlace } from '../../activities/execution-place.ts';
import type { TrialInput } from '../../workflows/domain/trial.ts';
import { taskQueue } from '../../workflows/domain/task-queue.ts';
import type { trial } from '../../workflows/trial.ts';
import { aMetric, anExperiment, someGuidance, someResources } from './builders.ts';
import { oneCall, scriptActivities } from './scripted-activities.ts';
import { openTcpProxy, type TcpProxy } from './tcp-proxy.ts';
import { aHost, endTrainings } from './training.ts';
import { startGpuWorker, type WorkerProcess } from './worker-process.ts';
import { createEnvironment, workflowBundle } from './workflow-environment.ts';

/** One moment in the life of a training, as the training itself noted it. */
export interface Moment {
  host: string;
  pid: number;
  /** One value a process: in a sandbox every process has the same pid. */
  life: string;
  step: number;
  /** Seconds of the wall clock. */
  at: number;
}

interface Host {
  worker: WorkerProcess;
  proxy: TcpProxy;
}

export interface TrialBench {
  environment: TestWorkflowEnvironment;
  folder: string;
  /** A gpu worker in a process of its own, behind a proxy of its own, with its own state folder. */
  startHost(name: string, environment?: Record<string, string>): Promise<Host>;
  startTrial(overrides?: Partial<TrialInput>): Promise<WorkflowHandle<typeof trial>>;
  /** Where the training of the trial is on this host. */
  placeOn(name: string): ExecutionPlace;
  /** Lets a training on this host end that has more steps to go. */
  letGo(name: string): Promise<void>;
  /** What the trainings noted, on all hosts, oldest first. */
  moments(): Moment[];
  close(): Promise<void>;
}

/**
 * Notes every step with its time and process, and takes a checkpoint every tenth step. It ends after so many steps, or
 * when there is a file `go`. A child of its own, in another session, must not outlive it.
 */
export function notingScript(steps: number, stepSeconds: number): string {
  return `
import json, os, secrets, subprocess, sys, time, longrun
if longrun.rehearsal:
    longrun.finish(val_error=1)
    raise SystemExit
life = secrets.token_hex(8)
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(3600)"], start_new_session=True)
checkpoint = longrun.latest_checkpoint()
step = checkpoint[0] if checkpoint else 0
def save(path):
    with open(path, "w") as file:
        file.write(str(step))
while step < ${steps} and not os.path.exists("go") and not longrun.should_stop():
    step += 1
    with open("moments.jsonl", "a") as file:
        file.write(json.dumps({"pid": os.getpid(), "life": life, "step": step, "at": time.time()}) + "\\n")
    longrun.log(step, loss=1 / step)
    if step % 10 == 0:
        longrun.save_checkpoint(step, save)
    time.sleep(${stepSeconds})
longrun.save_checkpoint(step, save)
longrun.finish(val_error=0.5, steps=step)
`;
}

/**
 * The workflow `trial` on a real server with real gpu workers; language model and records are scripted. An environment
 * that is given is torn down as well.
 */
export async function openTrialBench(script: string, given?: TestWorkflowEnvironment): Promise<TrialBench> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'longrun-bench-')));
  const environment = given ?? (await createEnvironment());
  const common = await startCommonWorkers(environment, folder, script);
  const hosts: (Host & { name: string })[] = [];
  const placeOn = (name: string): ExecutionPlace =>
    executionPlace(aHost(join(folder, name)), { experiment: anExperiment(), trial: 1, name: 'seed-0' });
  return {
    environment,
    folder,
    placeOn,
    async startHost(name, extra = {}) {
      const place = join(folder, name);
      mkdirSync(place, { recursive: true });
      const proxy = await openTcpProxy(environment.address);
      const options = { address: proxy.address, folder: place, artifactRoot: artifactRoot(folder) };
      const worker = await startGpuWorker({ ...options, environment: extra });
      hosts.push({ name, worker, proxy });
      return { worker, proxy };
    },
    startTrial: (overrides = {}) =>
      environment.client.workflow.start<typeof trial>('trial', {
        taskQueue: taskQueue.experiments,
        workflowId: 'digits-trial-001',
        args: [aTrialInput(overrides)],
      }),
    letGo: (name) => writeFile(join(placeOn(name).work, 'go'), ''),
    moments: () =>
      [...new Set(hosts.map(({ name }) => name))]
        .flatMap((name) => readMoments(name, placeOn(name)))
        .toSorted((a, b) => a.at - b.at),
    async close() {
      await Promise.all(hosts.flatMap(({ worker, proxy }) => [worker.kill(), proxy.close()]));
      await common.stop();
      await environment.teardown();
      for (const { name } of hosts) await endTrainings(join(folder, name));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const artifactRoot = (folder: string): string => join(folder, 'artifacts');

/** What every trial needs beside its training host, in this process. */
async function startCommonWorkers(environment: TestWorkflowEnvironment, folder: string, script: string) {
  const artifacts = localArtifactStore(artifactRoot(folder));
  const reference = await artifacts.folder('digits').write('trials/001/train.py', script);
  const { activities } = scriptActivities({
    async writeTrainingScript() {
      return { kind: 'usable', value: { title: 'A script', script: reference }, spending: oneCall };
    },
    acceptExecution: (input) => acceptExecution({ artifacts }, input),
  });
  const workers = await Promise.all(
    [taskQueue.experiments, taskQueue.languageModel].map(async (queue) =>
      Worker.create({
        connection: environment.nativeConnection,
        taskQueue: queue,
        activities,
        // Every poll complains on its own of a server that is gone.
        activityTaskPollerBehavior: { type: 'simple-maximum', maximum: 1 },
        workflowTaskPollerBehavior: { type: 'simple-maximum', maximum: 2 },
        ...(queue === taskQueue.experiments ? { workflowBundle: await workflowBundle() } : {}),
      }),
    ),
  );
  const runs = Promise.all(workers.map((worker) => worker.run()));
  return {
    async stop() {
      workers.forEach((worker) => worker.shutdown());
      await runs;
    },
  };
}

function aTrialInput(overrides: Partial<TrialInput>): TrialInput {
  return {
    experiment: anExperiment(),
    number: 1,
    step: { kind: 'draft' },
    metric: aMetric(),
    seeds: 1,
    deadlineSeconds: 900,
    resources: someResources(),
    packages: [],
    planVersion: 1,
    tasks: [],
    earlierTrials: [],
    best: null,
    guidance: someGuidance(),
    whenSpent: 'finish',
    ...overrides,
  };
}

function readMoments(host: string, { work }: ExecutionPlace): Moment[] {
  const file = join(work, 'moments.jsonl');
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  return lines.map((line) => ({ host, ...(JSON.parse(line) as Omit<Moment, 'host'>) }));
}
