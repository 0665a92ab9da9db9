import { setTimeout as delay } from 'node:timers/promises';
import { WorkflowNotFoundError, type WorkflowHandle } from '@temporalio/client';
import type { SignalDefinition } from '@temporalio/common';
import type { MessageHead, PersonMessage } from '../../workflows/domain/person-message.ts';
import type { Progress } from '../../workflows/domain/progress.ts';
import { UserError } from '../user-error.ts';
import { askForProgress } from '../watch/ask-experiment.ts';
import { isOver, type ReachedExperiment } from './reach-experiment.ts';
import type { Signature } from './signature.ts';

export interface SignalRequest {
  signal: SignalDefinition<[unknown]> | SignalDefinition<[unknown?]>;
  payload: Signature;
}

/** What became of a signal. */
export interface Receipt {
  /** Null while no worker has taken it: Temporal has it, and hands it to the next one. */
  head: MessageHead | null;
  /** As it is with the message. */
  progress: Progress | null;
}

/** Throws a UserError for what the workflow would refuse: `read` is its own reading. */
export function assertReadable(
  { signal, payload }: SignalRequest,
  read: (payload: unknown, at: string) => PersonMessage,
): void {
  const message = read(payload, new Date().toISOString());
  if (message.kind !== 'refused') return;
  throw new UserError(`Nothing was sent, since the ${signal.name} is not valid: ${message.problem}.`, 2);
}

/** Sends it and waits a little for the workflow to take it. Throws a UserError where the workflow has refused it. */
export async function sendSignal(
  { id, handle, progress }: ReachedExperiment,
  { signal, payload }: SignalRequest,
): Promise<Receipt> {
  try {
    await handle.signal(signal.name, payload);
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) throw isOver(id, null);
    throw error;
  }
  if (progress === null) return { head: null, progress: null };
  const receipt = await awaitReceipt(handle, payload.id);
  const problem = receipt.head?.problem ?? null;
  if (problem !== null) throw new UserError(`${id} has refused the ${signal.name}: ${problem}.`);
  return receipt;
}

const receiptMilliseconds = 5_000;
const pollMilliseconds = 50;

async function awaitReceipt(handle: WorkflowHandle, messageId: string): Promise<Receipt> {
  const deadline = Date.now() + receiptMilliseconds;
  while (Date.now() < deadline) {
    const progress = await askForProgress(handle);
    const head = progress?.recentMessages.find((message) => message.id === messageId);
    if (head !== undefined) return { head, progress };
    await delay(pollMilliseconds);
  }
  return { head: null, progress: null };
}
