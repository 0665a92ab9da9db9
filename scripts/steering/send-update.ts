import { setTimeout as delay } from 'node:timers/promises';
import {
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { ApplicationFailure, type UpdateDefinition } from '@temporalio/common';
import type { UpdateReading } from '../../workflows/domain/read-update.ts';
import { UserError } from '../user-error.ts';
import { isNotNow } from './is-not-now.ts';
import { isOver, type ReachedExperiment } from './reach-experiment.ts';

/** Throws a UserError for what the workflow would refuse, whatever it does: `read` is its own reading. */
export function assertUpdateReadable<T>(payload: unknown, read: (payload: unknown) => UpdateReading<T>): void {
  const reading = read(payload);
  if ('problem' in reading) throw new UserError(`Nothing was sent, since it is not valid: ${reading.problem}.`, 2);
}

/** A check of models may have to wait for a free `llm` worker. */
const updateMilliseconds = 30_000;

/** The workflow's answer. Throws a UserError with its own words where it refuses; nothing has changed then. */
export async function sendUpdate<T>(
  { id, handle }: ReachedExperiment,
  update: UpdateDefinition<T, [unknown]>,
  payload: unknown,
): Promise<T> {
  const deadline = Date.now() + updateMilliseconds;
  for (;;) {
    try {
      return await handle.client.withDeadline(deadline, () => handle.executeUpdate(update, { args: [payload] }));
    } catch (error) {
      if (!isNotNow(error) || Date.now() > deadline) throw toUserError(id, error);
      await delay(notNowMilliseconds);
    }
  }
}

const notNowMilliseconds = 500;

function toUserError(id: string, error: unknown): unknown {
  if (error instanceof WorkflowNotFoundError) return isOver(id, null);
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) {
    const seconds = updateMilliseconds / 1000;
    return new UserError(
      `${id} has not answered within ${seconds} s (do all workers run?): \`longrun show ${id}\` says whether it has taken this.`,
    );
  }
  if (!(error instanceof WorkflowUpdateFailedError)) return error;
  const { cause } = error;
  if (cause instanceof ApplicationFailure && cause.type === 'AcceptedUpdateCompletedWorkflow') return isOver(id, null);
  return new UserError(`${id} refuses: ${(cause?.message ?? error.message).replace(/\.$/, '')}.`);
}
