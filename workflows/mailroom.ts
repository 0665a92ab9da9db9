import { condition } from '@temporalio/workflow';
import { artifacts } from './activity-proxies.ts';
import { beginHalt, endHalt } from './domain/halts.ts';
import {
  afterInheritance,
  afterPlanChange,
  afterRecording,
  nextBatch,
  receive,
  type Mailbox,
} from './domain/mailbox.ts';
import type { PersonMessage } from './domain/person-message.ts';
import type { ExperimentIdentity } from './domain/trial.ts';

/** Takes people's messages and brings them to disk while the experiment waits for something. */
export interface Mailroom {
  readonly mailbox: Mailbox;
  take(message: PersonMessage): void;
  /**
   * Waits, and meanwhile puts arriving messages on disk; `recorded` is told each time that some are. Those that had
   * arrived when it was called are on disk when it resolves; a flood of later ones does not hold it up.
   */
  waitFor: (isTrue: () => boolean, recorded?: () => Promise<void>) => Promise<void>;
  /** The same while nothing goes on, since a person wants it so: that time is not counted. */
  standStill: (isTrue: () => boolean, recorded?: () => Promise<void>) => Promise<void>;
  /** The oldest change of the plan that waited is made. */
  planIsChanged: () => void;
  /** So many messages of another experiment are on disk before the first of this one. */
  inherit: (messages: number) => void;
}

export function openMailroom(experiment: ExperimentIdentity, carried: Mailbox): Mailroom {
  let mailbox = carried;

  async function waitFor(isTrue: () => boolean, recorded?: () => Promise<void>): Promise<void> {
    const arrivedBefore = mailbox.recorded + mailbox.inbox.length;
    for (;;) {
      await condition(() => mailbox.inbox.length > 0 || isTrue());
      if (isTrue() && mailbox.recorded >= arrivedBefore) return;
      const batch = nextBatch(mailbox);
      if (batch.length === 0) return;
      await record(experiment, mailbox.recorded + 1, batch);
      mailbox = afterRecording(mailbox, batch.length);
      await recorded?.();
    }
  }

  return {
    get mailbox() {
      return mailbox;
    },
    take: (message) => void (mailbox = receive(mailbox, message)),
    waitFor,
    async standStill(isTrue, recorded) {
      mailbox = { ...mailbox, halts: beginHalt(mailbox.halts, Date.now()) };
      await waitFor(isTrue, recorded);
      mailbox = { ...mailbox, halts: endHalt(mailbox.halts, Date.now()) };
    },
    planIsChanged: () => void (mailbox = afterPlanChange(mailbox)),
    inherit: (messages) => void (mailbox = afterInheritance(mailbox, messages)),
  };
}

async function record(experiment: ExperimentIdentity, from: number, messages: PersonMessage[]): Promise<void> {
  const summary = `record ${messages.length} of people's messages`;
  await artifacts.recordMessages.executeWithOptions({ summary }, [{ experiment, from, messages }]);
}
