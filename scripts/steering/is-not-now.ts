import { isGrpcServiceError, ServiceError } from '@temporalio/client';

const failedPrecondition = 9;

/**
 * The server takes no update while a workflow's newest task has failed, as it does for a moment when a run is about to
 * hand over to the next and messages keep arriving. Nothing was taken then.
 */
export function isNotNow(error: unknown): boolean {
  const cause = error instanceof ServiceError ? error.cause : undefined;
  if (!isGrpcServiceError(cause)) return false;
  const code: number = cause.code;
  return code === failedPrecondition;
}
