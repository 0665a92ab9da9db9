import { Runtime } from '@temporalio/worker';
import { createExperimentActivities } from '../activities/index.ts';
import { localArtifactStore } from '../activities/adapters/local-artifact-store.ts';
import { openWebhook } from '../activities/adapters/webhook.ts';
import { taskQueue } from '../workflows/domain/task-queue.ts';
import { bundleWorkflows } from './bundle-workflows.ts';
import { runWorker } from './run-worker.ts';
import { registerSearchAttributes } from './search-attributes.ts';

/** The workflows, the small reads and writes of the artifact folder, and the webhook. */
await runWorker('orchestrator', async ({ artifactRoot, hostLossMinutes, webhook }, { logger, connect }) => {
  const artifacts = localArtifactStore(artifactRoot);
  const hasSearchAttributes = await registerSearchAttributes(await connect(), logger);
  return {
    workers: [
      {
        taskQueue: taskQueue.experiments,
        workflowBundle: await bundleWorkflows(Runtime.instance().logger),
        activities: createExperimentActivities(
          { artifacts, hostLossMinutes, hasSearchAttributes },
          { webhook: webhook === null ? null : openWebhook(webhook) },
        ),
        maxCachedWorkflows: 200,
        // A machine may stand still for seconds. Node cannot survive this time-out where it strikes within a promise:
        // https://github.com/nodejs/node/issues/38503
        isolateExecutionTimeout: '1 minute',
      },
    ],
  };
});
