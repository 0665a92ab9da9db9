import { ServiceError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { UserError } from './user-error.ts';

/**
 * What a person can mend, as one sentence: a server that refuses, storage that fails, a path that cannot be used.
 * Null for everything else, which is a fault of ours and keeps its stack.
 */
export function toUserError(error: unknown): UserError | null {
  if (error instanceof UserError) return error;
  if (error instanceof ServiceError) {
    return new UserError(
      `Temporal refuses: ${firstLine(error.cause instanceof Error ? error.cause.message : error.message)}.`,
    );
  }
  if (error instanceof ApplicationFailure) return new UserError(error.message);
  if (error instanceof Error && 'syscall' in error) {
    return new UserError(`${firstLine(error.message)}: check LONGRUN_HOME and LONGRUN_STATE, and that there is room.`);
  }
  return null;
}

function firstLine(text: string): string {
  return (text.split('\n')[0] ?? '').replace(/\.$/, '');
}
