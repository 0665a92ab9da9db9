import { ActivityFailure, ApplicationFailure, ChildWorkflowFailure } from '@temporalio/workflow';

/**
 * The failure that people need to read. Temporal wraps it once for each activity and child workflow on its way up;
 * without the wrapping, the workflow itself carries its `type` and message.
 */
export function rootFailure(error: unknown): unknown {
  if (error instanceof ActivityFailure || error instanceof ChildWorkflowFailure) {
    const root = rootFailure(error.cause);
    if (root instanceof ApplicationFailure) return root;
  }
  return error;
}
