import type { Context } from '@temporalio/activity';
import {
  ActivityCancelledError,
  ActivityNotFoundError,
  ActivityPausedError,
  ActivityResetError,
  WorkflowNotFoundError,
} from '@temporalio/client';

/** What a watcher asks of the Temporal server itself, beside the SDK's own heartbeats. */
export interface ServerLine {
  /**
   * Sends a heartbeat and waits for the answer: `acknowledged` (also when the server asks for a cancel or a pause),
   * `unknown` when the server has given this attempt up. Throws when no answer comes within the limit.
   */
  sendHeartbeat(details: unknown, limitMilliseconds: number): Promise<'acknowledged' | 'unknown'>;
  /** Whether the workflow that this attempt belongs to has ended. Throws when the server does not answer. */
  isWorkflowClosed(): Promise<boolean>;
}

/** The line of one attempt, over the worker's own connection. */
export function openServerLine(context: Context): ServerLine {
  const { taskToken, workflowExecution } = context.info;
  return {
    async sendHeartbeat(details, limitMilliseconds) {
      const { client } = context;
      try {
        await client.withDeadline(Date.now() + limitMilliseconds, () => client.activity.heartbeat(taskToken, details));
      } catch (error) {
        if (error instanceof ActivityNotFoundError) return 'unknown';
        if (!isAnswer(error)) throw error;
      }
      return 'acknowledged';
    },
    async isWorkflowClosed() {
      if (workflowExecution === undefined) return false;
      const { workflowId, runId } = workflowExecution;
      try {
        const { status } = await context.client.workflow.getHandle(workflowId, runId).describe();
        return status.name !== 'RUNNING' && status.name !== 'PAUSED';
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return true;
        throw error;
      }
    },
  };
}

/** The client throws what the server asks for; to have been asked is to have been heard. */
function isAnswer(error: unknown): boolean {
  return (
    error instanceof ActivityCancelledError ||
    error instanceof ActivityPausedError ||
    error instanceof ActivityResetError
  );
}
