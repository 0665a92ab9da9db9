import { sleep } from '@temporalio/workflow';
import type { ExecutionRequest } from '../activities/run-training.ts';
import { gpu } from './activity-proxies.ts';
import type { Execution } from './domain/execution.ts';
import { afterLoss } from './domain/host-loss.ts';
import { hostQueue, taskQueue } from './domain/task-queue.ts';
import { lossIn } from './loss-in.ts';

export type ExecutionActivity = 'rehearseTraining' | 'runTraining';

/** How long a host that fell silent is waited for before the work goes to any other. */
const hostLossTimeout = '5 minutes';

/** Stopping walks a ladder (checkpoint, stack, kill) and the log is published after that. */
const closingSeconds = 300;

/**
 * One execution, whatever happens to the workers that watch it: a lost watcher is replaced on the same host, where it
 * finds the process still running or its result; only when the host stays silent does the work start elsewhere.
 */
export async function executeOnGpu(
  activity: ExecutionActivity,
  request: ExecutionRequest,
  summary: string,
): Promise<Execution> {
  let host: string | null = null;
  for (let faults = 0; ;) {
    try {
      return await gpu[activity].executeWithOptions(
        {
          summary,
          taskQueue: host === null ? taskQueue.gpu : hostQueue(host),
          startToCloseTimeout: (request.deadlineSeconds + closingSeconds) * 1000,
          ...(host === null ? {} : { scheduleToStartTimeout: hostLossTimeout }),
        },
        [request],
      );
    } catch (error) {
      const loss = lossIn(error);
      if (loss.kind === 'fault') faults += 1;
      const next = afterLoss(loss, { host, faults });
      if (next === null) throw error;
      host = next.host;
      if (next.delaySeconds > 0) await sleep(next.delaySeconds * 1000, { summary: `${summary}: wait after a fault` });
    }
  }
}
