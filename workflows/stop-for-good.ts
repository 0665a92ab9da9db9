import { ActivityFailure, log } from '@temporalio/workflow';
import { onHost, stopper } from './activity-proxies.ts';
import type { Execution } from './domain/execution.ts';
import type { Attempt } from './domain/host-loss.ts';
import { trialSummary } from './domain/trial-summary.ts';
import type { ExecutionOrder } from './execute-on-gpu.ts';

/** Whoever stops an experiment does not wait longer for a host that is away. */
const patienceMinutes = 2;

/**
 * Makes sure that nothing of a cancelled execution goes on, and has what it has written published. Null where it never
 * began, or its host is away: then the sweep of that host ends it when it is back.
 */
export async function stopForGood(order: ExecutionOrder, { host, placement }: Attempt): Promise<Execution | null> {
  if (host === null) return null;
  const summary = trialSummary(order.trial, 'stop the training', order.name);
  try {
    return await stopper.stopTraining.executeWithOptions({ summary, ...onHost(host, patienceMinutes) }, [
      { ...order, placement },
    ]);
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    log.warn('an execution that was cancelled could not be closed', { name: order.name, host, error: String(error) });
    return null;
  }
}
