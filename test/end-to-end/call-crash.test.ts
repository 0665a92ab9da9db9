import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { localArtifactStore } from '../../activities/adapters/local-artifact-store.ts';
import { startWorkerProcess, type WorkerProcess } from '../../scripts/benchmarks/worker-process.ts';
import type { experiment } from '../../workflows/experiment.ts';
import { planQuery } from '../../workflows/messages.ts';
import { taskQueue } from '../../workflows/domain/task-queue.ts';
import { startPacedModel, type PacedCall, type PacedModel } from '../support/paced-model.ts';
import { until } from '../support/run-experiment.ts';
import { scriptActivities } from '../support/scripted-activities.ts';
import { openTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { createEnvironment, workflowBundle } from '../support/workflow-environment.ts';

const beginning = '# Goal\n\nTry it.\n\n';
const settings = { title: 'It', metric: { name: 'val_error', direction: 'minimize' }, tasks: ['Baseline'] };
const ending = `\`\`\`json\n${JSON.stringify(settings)}\n\`\`\`\n`;

/** Where in its call the worker is killed, and how many requests that costs. */
const points = {
  'before a word has arrived': 2,
  'in the middle of the reply': 2,
  'when the reply is sent, but not read': 2,
  'when the reply is on disk, but not reported': 1,
} as const;
type Point = keyof typeof points;

const idOf = (point: Point): string => point.replaceAll(/[ ,]+/g, '-');

describe('an llm worker that is killed in a call', function () {
  this.timeout(120_000);
  const folder = temporaryFolder();
  let environment: TestWorkflowEnvironment;
  let model: PacedModel;
  let proxy: TcpProxy;
  const common: { worker: Worker; run: Promise<void> }[] = [];
  const workers: WorkerProcess[] = [];

  before(async () => {
    environment = await createEnvironment();
    model = await startPacedModel();
    proxy = await openTcpProxy(environment.address);
  });

  after(async () => {
    await Promise.all(workers.map((worker) => worker.end('SIGKILL')));
    common.forEach(({ worker }) => worker.shutdown());
    await Promise.all(common.map(({ run }) => run));
    await proxy.close();
    await model.close();
    await environment.teardown();
  });

  async function startOrchestrator(): Promise<void> {
    const artifacts = localArtifactStore(join(folder(), 'artifacts'));
    const { activities } = scriptActivities({
      async openExperiment(input) {
        const files = artifacts.folder(input.experiment.id);
        await files.write('IDEA.md', `Idea ${input.experiment.id}`);
        await files.write('host.md', '- GPUs: none');
        return await scriptActivities().activities.openExperiment(input);
      },
    });
    const shared = { connection: environment.nativeConnection, namespace: 'default', activities };
    const started = await Promise.all([
      Worker.create({ ...shared, taskQueue: taskQueue.experiments, workflowBundle: await workflowBundle() }),
      Worker.create({ ...shared, taskQueue: taskQueue.hosts }),
    ]);
    common.push(...started.map((worker) => ({ worker, run: worker.run() })));
  }

  async function startLlmWorker(address: string): Promise<WorkerProcess> {
    const worker = startWorkerProcess('llm', {
      environment: {
        ...process.env,
        TEMPORAL_ADDRESS: address,
        TEMPORAL_NAMESPACE: 'default',
        LONGRUN_STATE: join(folder(), 'state'),
        LONGRUN_HOME: join(folder(), 'artifacts'),
        LONGRUN_MODEL: 'openai/paced',
        OPENAI_BASE_URL: model.baseUrl,
      },
      logFile: join(folder(), 'llm.log'),
    });
    workers.push(worker);
    await worker.ready;
    return worker;
  }

  const callsOf = (point: Point): PacedCall[] =>
    model.calls.filter(({ prompt, body }) => prompt === 'draft-plan' && body.includes(`Idea ${idOf(point)}`));

  async function callOf(point: Point, number: number): Promise<PacedCall> {
    await until(() => callsOf(point).length >= number);
    return callsOf(point)[number - 1] ?? assert.fail();
  }

  it('has no reply paid twice that was on disk, and asks anew only for what was in flight', async () => {
    await startOrchestrator();
    const worker = await startLlmWorker(proxy.address);
    const handles = await Promise.all(
      (Object.keys(points) as Point[]).map(async (point) => {
        const options = {
          taskQueue: taskQueue.experiments,
          workflowId: idOf(point),
          args: [{ idea: 'x' }] as [unknown],
        };
        return await environment.client.workflow.start<typeof experiment>('experiment', options);
      }),
    );

    await callOf('before a word has arrived', 1);
    (await callOf('in the middle of the reply', 1)).say(beginning);
    const unread = await callOf('when the reply is sent, but not read', 1);
    unread.say(beginning);
    const stored = await callOf('when the reply is on disk, but not reported', 1);
    stored.say(beginning);

    // From here on the worker can report nothing.
    proxy.blackHole();
    stored.say(ending);
    await stored.finish();
    const place = join(
      'artifacts',
      idOf('when the reply is on disk, but not reported'),
      'llm/plan-001/draft-plan-1.json',
    );
    await until(() => existsSync(join(folder(), place)));
    process.kill(worker.pid, 'SIGSTOP');
    unread.say(ending);
    await unread.finish();
    // The server must not give its next tasks to connections behind which nobody is left.
    proxy.refuse();
    await worker.end('SIGKILL');

    await startLlmWorker(environment.address);
    for (const point of Object.keys(points) as Point[]) {
      if (points[point] === 1) continue;
      const second = await callOf(point, 2);
      second.say(beginning + ending);
      await second.finish();
    }
    for (const handle of handles) await until(async () => (await handle.query(planQuery)) !== null);
    await Promise.all(handles.map((handle) => handle.terminate()));
    assert.deepEqual(
      Object.fromEntries((Object.keys(points) as Point[]).map((point) => [point, callsOf(point).length])),
      points,
    );
  });
});
