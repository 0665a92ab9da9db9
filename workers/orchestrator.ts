import { fileURLToPath } from 'node:url';
import { createExperimentActivities } from '../activities/index.ts';
import { localArtifactStore } from '../activities/adapters/local-artifact-store.ts';
import { taskQueue } from '../workflows/domain/task-queue.ts';
import { runWorker } from './run-worker.ts';

/** The workflows, and the small reads and writes of the artifact folder. */
await runWorker('orchestrator', async ({ artifactRoot, hostLossMinutes }) => ({
  workers: [
    {
      taskQueue: taskQueue.experiments,
      workflowsPath: fileURLToPath(new URL('../workflows/index.ts', import.meta.url)),
      activities: createExperimentActivities({ artifacts: localArtifactStore(artifactRoot), hostLossMinutes }),
      maxCachedWorkflows: 200,
    },
  ],
}));
