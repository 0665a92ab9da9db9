import { QueryNotRegisteredError, ServiceError, type WorkflowHandle } from '@temporalio/client';
import type { QueryDefinition } from '@temporalio/common';
import type { Progress } from '../../workflows/domain/progress.ts';
import { progressQuery } from '../../workflows/messages.ts';
import { UserError } from '../user-error.ts';
import type { FoundExperiment } from './find-experiment.ts';

/** Null while no worker answers. */
export async function askForProgress(handle: WorkflowHandle): Promise<Progress | null> {
  return (await ask(handle, progressQuery))?.answer ?? null;
}

/** Throws a UserError while no worker answers. */
export async function answerOf<T>({ handle }: FoundExperiment, query: QueryDefinition<T>): Promise<T> {
  const asked = await ask(handle, query);
  if (asked === null) throw new UserError('No worker answers: `npx longrun up` starts them.');
  return asked.answer;
}

const queryMilliseconds = 3_000;

async function ask<T>(handle: WorkflowHandle, query: QueryDefinition<T>): Promise<{ answer: T } | null> {
  try {
    const deadline = Date.now() + queryMilliseconds;
    return { answer: await handle.client.withDeadline(deadline, () => handle.query(query)) };
  } catch (error) {
    if (error instanceof ServiceError || error instanceof QueryNotRegisteredError) return null;
    throw error;
  }
}
