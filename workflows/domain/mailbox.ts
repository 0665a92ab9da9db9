import type { Models } from '../schema/models.ts';
import { addExtension, type BudgetExtension } from './budget.ts';
import type { Nudges } from './guidance.ts';
import type { PersonMessage } from './person-message.ts';

/**
 * What people said, on its way into the artifact folder. A message is applied when it arrives (`isPaused`,
 * `stopRequest`) and waits in `inbox` until it is on disk; from then on it is only a number.
 */
export interface Mailbox {
  inbox: PersonMessage[];
  recorded: number;
  isPaused: boolean;
  stopRequest: { by: string; reason: string } | null;
  /** The models that were chosen on the way, over those of the input. */
  models: Models;
  extension: BudgetExtension;
  nudges: Nudges;
  /** Ids of the newest messages, so that a second delivery of one is not a second message. */
  recentIds: string[];
}

const rememberedIds = 200;
/** Of the state that a run hands to the next; ids may be of any script. */
const rememberedBytes = 16 * 1024;

export const emptyMailbox: Mailbox = {
  inbox: [],
  recorded: 0,
  isPaused: false,
  stopRequest: null,
  models: {},
  extension: {},
  nudges: { resumes: 0, extensions: 0 },
  recentIds: [],
};

export function receive(mailbox: Mailbox, message: PersonMessage): Mailbox {
  if (message.id !== null && mailbox.recentIds.includes(message.id)) return mailbox;
  const recentIds = message.id === null ? mailbox.recentIds : newestIds([...mailbox.recentIds, message.id]);
  const received = { ...mailbox, inbox: [...mailbox.inbox, message], recentIds };
  switch (message.kind) {
    case 'pause':
      return { ...received, isPaused: true };
    case 'resume':
      return { ...received, isPaused: false, nudges: nudged(received, 'resumes') };
    case 'stop':
      return { ...received, stopRequest: { by: message.by, reason: message.reason } };
    case 'changeModels':
      return { ...received, models: { ...received.models, ...message.models } };
    case 'extendBudget': {
      const extension = addExtension(received.extension, message.extension);
      return { ...received, extension, nudges: nudged(received, 'extensions') };
    }
    case 'feedback':
    case 'refused':
      return received;
  }
}

/** As many of the newest as are remembered. */
function newestIds(ids: readonly string[]): string[] {
  let bytes = 0;
  const newestFirst = ids.toReversed().slice(0, rememberedIds);
  const remembered = newestFirst.filter((id) => (bytes += new TextEncoder().encode(id).length) <= rememberedBytes);
  return remembered.toReversed();
}

function nudged({ nudges }: Mailbox, what: keyof Nudges): Nudges {
  return { ...nudges, [what]: nudges[what] + 1 };
}

/** One activity call carries at most this, so that a burst of long messages stays under the payload limit of 32 KB. */
const batchBytes = 16 * 1024;

/** The oldest waiting messages that fit into one activity call; never empty while any wait. */
export function nextBatch(mailbox: Mailbox): PersonMessage[] {
  const batch: PersonMessage[] = [];
  let bytes = 0;
  for (const message of mailbox.inbox) {
    bytes += new TextEncoder().encode(JSON.stringify(message)).length;
    if (batch.length > 0 && bytes > batchBytes) break;
    batch.push(message);
  }
  return batch;
}

export function afterRecording(mailbox: Mailbox, count: number): Mailbox {
  return { ...mailbox, inbox: mailbox.inbox.slice(count), recorded: mailbox.recorded + count };
}
