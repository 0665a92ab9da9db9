import { QueryNotRegisteredError, ServiceError, type WorkflowHandle } from '@temporalio/client';
import type { QueryDefinition } from '@temporalio/common';
import type { JournalEntry } from '../../workflows/domain/journal.ts';
import type { Progress } from '../../workflows/domain/progress.ts';
import { journalQuery, progressQuery } from '../../workflows/messages.ts';
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

/** Every finished trial, page by page; null while no worker answers. */
export async function askForJournal(handle: WorkflowHandle): Promise<JournalEntry[] | null> {
  const journal: JournalEntry[] = [];
  for (;;) {
    const asked = await ask(handle, journalQuery, { from: journal.length + 1 });
    if (asked === null) return null;
    const { entries, total } = asked.answer;
    journal.push(...entries);
    if (entries.length === 0 || journal.length >= total) return journal;
  }
}

const queryMilliseconds = 3_000;

async function ask<T, Words extends unknown[]>(
  handle: WorkflowHandle,
  query: QueryDefinition<T, Words>,
  ...words: Words
): Promise<{ answer: T } | null> {
  try {
    const deadline = Date.now() + queryMilliseconds;
    return { answer: await handle.client.withDeadline(deadline, () => handle.query(query, ...words)) };
  } catch (error) {
    if (error instanceof ServiceError || error instanceof QueryNotRegisteredError) return null;
    throw error;
  }
}
