import { createGpuActivities, createHostActivities } from '../activities/index.ts';
import { openHost } from '../activities/adapters/host.ts';
import { localArtifactStore } from '../activities/adapters/local-artifact-store.ts';
import { hostQueue, taskQueue } from '../workflows/domain/task-queue.ts';
import { managedPython } from './managed-python/managed-python.ts';
import { runWorker } from './run-worker.ts';

/**
 * One process per training host, on three queues: what needs a slot, what must happen on this very host, and short
 * work that must never wait behind a training.
 */
await runWorker('gpu', async ({ artifactRoot, stateFolder, python, slots }) => {
  const managed = managedPython().python;
  const host = await openHost({ stateFolder, python: python ?? managed, supervisorPython: managed, slots });
  const dependencies = { artifacts: localArtifactStore(artifactRoot), host };
  const gpuActivities = createGpuActivities(dependencies);
  return [
    { taskQueue: taskQueue.gpu, activities: gpuActivities, maxConcurrentActivityTaskExecutions: host.slots },
    { taskQueue: hostQueue(host.name), activities: gpuActivities, maxConcurrentActivityTaskExecutions: 20 },
    {
      taskQueue: taskQueue.hosts,
      activities: createHostActivities(dependencies),
      maxConcurrentActivityTaskExecutions: 4,
    },
  ];
});
