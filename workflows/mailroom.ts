import { CancellationScope, condition } from '@temporalio/workflow';
import { artifacts } from './activity-proxies.ts';
import { beginHalt, endHalt } from './domain/halts.ts';
import {
  afterInheritance,
  afterPlanChange,
  afterRecording,
  nextBatch,
  receive,
  type InheritedMessages,
  type Mailbox,
} from './domain/mailbox.ts';
import type { PersonMessage } from './domain/person-message.ts';
import type { ExperimentIdentity } from './domain/trial.ts';
import { settled, type Settled } from './settled.ts';

/** Takes people's messages and brings them to disk while the experiment waits for something. */
export interface Mailroom {
  readonly mailbox: Mailbox;
  take(message: PersonMessage): void;
  /**
   * Waits, and meanwhile puts arriving messages on disk; `recorded` is told each time that some are. A disk that is full
   * holds up nobody who waits for something else.
   */
  waitFor: (isTrue: () => boolean, recorded?: () => Promise<void>) => Promise<void>;
  /** The same while nothing goes on, since a person wants it so: that time is not counted. */
  standStill: (isTrue: () => boolean, recorded?: () => Promise<void>) => Promise<void>;
  /** Until what has arrived by now is on disk; a flood of later messages does not hold it up. */
  settleMessages: () => Promise<void>;
  /** The oldest change of the plan that waited is made, or could not be, for this reason. */
  planIsChanged: (problem?: string) => void;
  /** Messages of another experiment are on disk before the first of this one. */
  inherit: (inherited: InheritedMessages) => void;
}

export function openMailroom(experiment: ExperimentIdentity, carried: Mailbox): Mailroom {
  let mailbox = carried;
  /** The batch that is on its way to disk: it stays the first of the inbox until it has arrived there. */
  let writing: Writing | null = null;

  async function waitFor(isTrue: () => boolean, recorded?: () => Promise<void>): Promise<void> {
    while (!isTrue()) {
      await condition(() => isTrue() || (writing === null ? mailbox.inbox.length > 0 : writing.end.now !== null));
      if (writing === null) beginToWrite();
      else if (writing.end.now !== null) {
        const ended = writing;
        // Also where it has failed: whoever waits next tries again.
        writing = null;
        mailbox = afterRecording(mailbox, written(ended));
        await recorded?.();
      }
    }
  }

  function beginToWrite(): void {
    const batch = nextBatch(mailbox);
    if (batch.length === 0) return;
    // Whoever cancels the experiment wants what was said in its folder all the same.
    const recording = CancellationScope.nonCancellable(() => record(experiment, mailbox.recorded + 1, batch));
    writing = { messages: batch.length, end: settled(recording) };
  }

  return {
    get mailbox() {
      return mailbox;
    },
    take: (message) => void (mailbox = receive(mailbox, message)),
    waitFor,
    async settleMessages() {
      const arrived = mailbox.recorded + mailbox.inbox.length;
      await waitFor(() => mailbox.recorded >= arrived);
    },
    async standStill(isTrue, recorded) {
      mailbox = { ...mailbox, halts: beginHalt(mailbox.halts, Date.now()) };
      await waitFor(isTrue, recorded);
      mailbox = { ...mailbox, halts: endHalt(mailbox.halts, Date.now()) };
    },
    planIsChanged: (problem) => void (mailbox = afterPlanChange(mailbox, new Date().toISOString(), problem)),
    inherit: (inherited) => void (mailbox = afterInheritance(mailbox, inherited)),
  };
}

interface Writing {
  messages: number;
  end: { readonly now: Settled<void> | null };
}

function written({ messages, end }: Writing): number {
  if (end.now?.kind === 'error') throw end.now.error;
  return messages;
}

async function record(experiment: ExperimentIdentity, from: number, messages: PersonMessage[]): Promise<void> {
  const summary = `record ${messages.length} of people's messages`;
  await artifacts.recordMessages.executeWithOptions({ summary }, [{ experiment, from, messages }]);
}
