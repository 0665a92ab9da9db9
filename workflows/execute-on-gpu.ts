import { sleep } from '@temporalio/workflow';
import type { ExecutionRequest } from '../activities/execution-request.ts';
import { artifacts, equipment, gpu, onHost, watchTimeouts } from './activity-proxies.ts';
import type { Execution } from './domain/execution.ts';
import { afterLoss, firstAttempt, type Attempt, type NextAttempt } from './domain/host-loss.ts';
import { trialSummary } from './domain/trial-summary.ts';
import { taskQueue } from './domain/task-queue.ts';
import { lossIn } from './loss-in.ts';

export type ExecutionActivity = 'rehearseTraining' | 'runTraining';

/** What is executed, without where. */
export type ExecutionOrder = Omit<ExecutionRequest, 'placement'>;

/**
 * One execution, whatever happens to the workers that watch it: a lost watcher is replaced on the same host, where it
 * finds the process still running or its result. Only when that host stays silent for as long as was agreed does the
 * work start elsewhere, from the last checkpoint. What comes back is the result of one placement, and only its files
 * are accepted.
 */
export async function executeOnGpu(
  activity: ExecutionActivity,
  order: ExecutionOrder,
  summary: string,
): Promise<Execution> {
  const { experiment, trial, name } = order;
  let attempt = firstAttempt;
  for (;;) {
    const ended = await watchOnce(activity, { order, attempt }, summary);
    if (ended.kind === 'execution') {
      const { execution } = ended;
      const { number } = attempt.placement;
      await artifacts.acceptExecution.executeWithOptions({ summary: `${summary}: accept` }, [
        { experiment, trial, name, placement: number, host: execution.host },
      ]);
      return execution;
    }
    attempt = ended.attempt;
    if (ended.delaySeconds > 0) await sleep(ended.delaySeconds * 1000, { summary: `${summary}: wait after a fault` });
  }
}

type Ended = { kind: 'execution'; execution: Execution } | ({ kind: 'again' } & NextAttempt);

interface Placed {
  order: ExecutionOrder;
  attempt: Attempt;
}

async function watchOnce(activity: ExecutionActivity, { order, attempt }: Placed, summary: string): Promise<Ended> {
  const { host, placement } = attempt;
  const { hostLossMinutes } = order.resources;
  try {
    if (host !== null && !attempt.isEquipped) await equip(order, host);
    const execution = await gpu[activity].executeWithOptions(
      {
        summary,
        ...watchTimeouts(order.deadlineSeconds, hostLossMinutes),
        ...(host === null ? { taskQueue: taskQueue.gpu } : onHost(host, hostLossMinutes)),
      },
      [{ ...order, placement }],
    );
    return { kind: 'execution', execution };
  } catch (error) {
    const next = afterLoss(lossIn(error), attempt, hostLossMinutes !== null);
    if (next === null) throw error;
    return { kind: 'again', ...next };
  }
}

async function equip({ experiment, trial, lock, resources }: ExecutionOrder, host: string): Promise<void> {
  const summary = trialSummary(trial, `equip ${host}`);
  await equipment.equipHost.executeWithOptions({ summary, ...onHost(host, resources.hostLossMinutes) }, [
    { experiment, lock, data: resources.data },
  ]);
}
