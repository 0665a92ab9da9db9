import { nothingSpent } from './domain/budget.ts';
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
  const count = ({ seconds }: Execution) => asker.count({ ...nothingSpent, trainingSeconds: seconds });
  const execution = await executeOnGpu(order, { activity, summary, isHalted: asker.isHalted, stopped: count });
  count(execution);
  return execution;
}
