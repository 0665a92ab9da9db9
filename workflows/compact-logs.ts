import { ActivityFailure, TimeoutFailure } from '@temporalio/workflow';
import { logs, onHost } from './activity-proxies.ts';
import type { Execution } from './domain/execution.ts';
import type { TrialBrief } from './domain/trial.ts';
import { digestTokens } from './domain/digest-tokens.ts';
import { trialSummary } from './domain/trial-summary.ts';
import { taskQueue } from './domain/task-queue.ts';

/** Each log is compacted where it lies; where that host has fallen silent, elsewhere from what it has published. */
export async function compactLogs(input: TrialBrief, executions: readonly Execution[]): Promise<void> {
  const tokens = digestTokens(executions.length);
  await Promise.all(executions.map((execution) => compactLog(input, execution, tokens)));
}

async function compactLog(brief: TrialBrief, { name, host }: Execution, tokens: number): Promise<void> {
  const { experiment, number, resources } = brief;
  const summary = trialSummary(number, 'compact the log', name);
  const input = { experiment, trial: number, name, tokens };
  try {
    await logs.compactLog.executeWithOptions({ summary, ...onHost(host, resources.hostLossMinutes) }, [input]);
  } catch (error) {
    if (!isNotStarted(error)) throw error;
    await logs.compactLog.executeWithOptions({ summary, taskQueue: taskQueue.hosts }, [input]);
  }
}

function isNotStarted(error: unknown): boolean {
  const cause = error instanceof ActivityFailure ? error.cause : undefined;
  return cause instanceof TimeoutFailure && cause.timeoutType === 'SCHEDULE_TO_START';
}
