import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { Runtime, Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflows } from '../../workers/bundle-workflows.ts';
import { managedPython } from '../../workers/managed-python/managed-python.ts';
import { searchAttribute } from '../../workflows/domain/search-attributes.ts';
import { hostQueue, taskQueue } from '../../workflows/domain/task-queue.ts';
import type { ScriptedActivities } from './scripted-activities.ts';

const silentLogger = { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error() {} };

Runtime.install({
  logger: silentLogger,
  telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' } } },
});

let bundle: Promise<WorkflowBundleWithSourceMap> | undefined;

/** Bundled once for all tests: it takes longer than most of them. */
export async function workflowBundle(): Promise<WorkflowBundleWithSourceMap> {
  bundle ??= bundleWorkflows(silentLogger);
  return await bundle;
}

const searchAttributeKeys = [
  defineSearchAttributeKey(searchAttribute.stage.name, SearchAttributeType.KEYWORD),
  defineSearchAttributeKey(searchAttribute.best.name, SearchAttributeType.DOUBLE),
  defineSearchAttributeKey(searchAttribute.title.name, SearchAttributeType.KEYWORD),
];

/** A real development server from the managed CLI. `extraArguments` are its own, such as dynamic configuration. */
export async function createEnvironment(extraArguments: string[] = []): Promise<TestWorkflowEnvironment> {
  return await TestWorkflowEnvironment.createLocal({
    server: {
      searchAttributes: searchAttributeKeys,
      executable: { type: 'existing-path', path: managedPython().temporal },
      extraArgs: ['--dynamic-config-value', 'history.transferProcessorMaxPollRPS=1000', ...extraArguments],
    },
  });
}

/** The host whose own queue is polled beside the common ones. */
export const testHost = 'test-host';

/** Workers on every queue while `act` runs; the activities are plain functions. */
export async function withWorkers<T>(
  environment: TestWorkflowEnvironment,
  activities: ScriptedActivities,
  act: () => Promise<T>,
): Promise<T> {
  const queues = [...Object.values(taskQueue), hostQueue(testHost)];
  const workers = await Promise.all(
    queues.map(async (queue) =>
      Worker.create({
        connection: environment.nativeConnection,
        namespace: 'default',
        taskQueue: queue,
        activities,
        maxHeartbeatThrottleInterval: '200ms',
        ...(queue === taskQueue.experiments ? { workflowBundle: await workflowBundle() } : {}),
      }),
    ),
  );
  const runs = workers.map((worker) => worker.run());
  try {
    return await act();
  } finally {
    workers.forEach((worker) => worker.shutdown());
    await Promise.all(runs);
  }
}
