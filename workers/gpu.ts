import type { WorkerOptions } from '@temporalio/worker';
import { createEquipmentActivities, createGpuActivities, createHostActivities } from '../activities/index.ts';
import { freeSlots } from '../activities/adapters/free-slots.ts';
import type { Host } from '../activities/adapters/host.ts';
import { localArtifactStore } from '../activities/adapters/local-artifact-store.ts';
import { openServerLine } from '../activities/adapters/server-line.ts';
import { createSlotLedger, unlimitedSlots } from '../activities/adapters/slot-ledger.ts';
import { hostQueue, taskQueue } from '../workflows/domain/task-queue.ts';
import { gpuSlotSupplier, type GpuSlotSupplierOptions } from './gpu-slot-supplier.ts';
import { runWorker } from './run-worker.ts';
import { keepSweeping } from './sweep-trainings.ts';
import { openTrainingHost } from './training-host.ts';

/**
 * One process per training host, on three queues: what needs a slot, what must happen on this very host, and short
 * work that must never wait behind a training.
 */
await runWorker('gpu', async (configuration, { logger }) => {
  const host = await openTrainingHost(configuration);
  const artifacts = localArtifactStore(configuration.artifactRoot);
  const { orphanHours } = configuration;
  const ledger = createSlotLedger();
  const training = { artifacts, host, orphanHours, openServerLine };
  const slots = {
    ledger,
    logger,
    countFreeSlots: async (promised: number) => (await freeSlots(host, promised)).length,
  };
  return {
    workers: [
      {
        taskQueue: taskQueue.gpu,
        activities: createGpuActivities({ ...training, slots: ledger }),
        ...polling(host, slots),
      },
      {
        taskQueue: hostQueue(host.name),
        activities: {
          ...createGpuActivities({ ...training, slots: unlimitedSlots }),
          ...createEquipmentActivities({ artifacts, host }),
        },
        maxConcurrentActivityTaskExecutions: 100,
      },
      {
        taskQueue: taskQueue.hosts,
        activities: {
          ...createHostActivities({ artifacts, host }),
          ...createEquipmentActivities({ artifacts, host }),
        },
        maxConcurrentActivityTaskExecutions: 4,
      },
    ],
    background: keepSweeping(host),
  };
});

/** Each poller holds a permit while it waits, so more of them than slots would only wait for permits. */
function polling(host: Host, slots: GpuSlotSupplierOptions): Partial<WorkerOptions> {
  return {
    activityTaskPollerBehavior: { type: 'simple-maximum', maximum: Math.min(host.slots.length, 4) },
    tuner: {
      activityTaskSlotSupplier: gpuSlotSupplier(slots),
      workflowTaskSlotSupplier: { type: 'fixed-size', numSlots: 2 },
      localActivityTaskSlotSupplier: { type: 'fixed-size', numSlots: 2 },
      nexusTaskSlotSupplier: { type: 'fixed-size', numSlots: 2 },
    },
  };
}
