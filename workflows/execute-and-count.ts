import { ActivityFailure, CancelledFailure } from '@temporalio/workflow';
import { nothingSpent, type Spending } from './domain/budget.ts';
import type { Execution } from './domain/execution.ts';
import { executeOnGpu, type ExecutionActivity, type ExecutionOrder } from './execute-on-gpu.ts';
import type { TrialAsker } from './trial-asker.ts';

/**
 * An execution whose time on the GPU the experiment hears of, also when it is stopped: what an abandoned trial has used
 * is used.
 */
export async function executeAndCount(
  asker: TrialAsker,
  order: ExecutionOrder,
  { activity, summary }: { activity: ExecutionActivity; summary: string },
): Promise<Execution> {
  try {
    const execution = await executeOnGpu(order, { activity, summary, isHalted: asker.isHalted });
    asker.count(trainingFor(execution.seconds));
    return execution;
  } catch (error) {
    asker.count(trainingFor(secondsUntilStop(error)));
    throw error;
  }
}

function trainingFor(seconds: number): Spending {
  return { ...nothingSpent, trainingSeconds: seconds };
}

/** A watcher that has stopped its training says how long that has run. */
function secondsUntilStop(error: unknown): number {
  const cause = error instanceof ActivityFailure ? error.cause : undefined;
  const details = cause instanceof CancelledFailure ? (cause.details as unknown[] | undefined)?.[0] : undefined;
  if (typeof details !== 'object' || details === null || !('seconds' in details)) return 0;
  return typeof details.seconds === 'number' ? details.seconds : 0;
}
