import { condition, setCurrentDetails, setHandler } from '@temporalio/workflow';
import { artifacts } from './activity-proxies.ts';
import type { ExperimentState, Stage } from './domain/experiment-state.ts';
import { afterRecording, emptyMailbox, nextBatch, receive, type Mailbox } from './domain/mailbox.ts';
import { readFeedback, readPause, readResume, readStop, type PersonMessage } from './domain/person-message.ts';
import { progressOf, renderDetails } from './domain/progress.ts';
import { paddedNumber, type ExperimentIdentity } from './domain/trial.ts';
import {
  description,
  feedbackSignal,
  journalQuery,
  pauseSignal,
  planQuery,
  progressQuery,
  resumeSignal,
  stopSignal,
} from './messages.ts';

/** Where people meet the experiment: it takes their messages and shows them where things stand. */
export interface FrontDesk {
  readonly mailbox: Mailbox;
  /** Shows a new stage, and the state as it is now. */
  enter(stage: Stage, state?: ExperimentState): void;
  /** Waits, and meanwhile puts arriving messages on disk; `recorded` is told their new number. */
  waitFor(isTrue: () => boolean, recorded?: (messages: number) => Promise<void>): Promise<void>;
}

const largestPage = 100;

/** Registers every signal and query. Call it before the first await: what is sent at the start arrives then. */
export function openFrontDesk(experiment: ExperimentIdentity, carried: Mailbox = emptyMailbox): FrontDesk {
  let mailbox = carried;
  let stage: Stage = { kind: 'opening' };
  let state: ExperimentState | null = null;
  const take = (message: PersonMessage) => void (mailbox = receive(mailbox, message));

  setHandler(feedbackSignal, (payload) => take(readFeedback(payload, now())), { description: description.feedback });
  setHandler(pauseSignal, (payload) => take(readPause(payload, now())), { description: description.pause });
  setHandler(resumeSignal, (payload) => take(readResume(payload, now())), { description: description.resume });
  setHandler(stopSignal, (payload) => take(readStop(payload, now())), { description: description.stop });
  setHandler(progressQuery, () => progressOf(state, { stage, mailbox, nowMilliseconds: Date.now() }), {
    description: description.progress,
  });
  setHandler(journalQuery, (page) => journalPage(state, page ?? {}), { description: description.journal });
  setHandler(planQuery, () => planAnswer(state), { description: description.plan });

  return {
    get mailbox() {
      return mailbox;
    },
    enter(newStage, newState) {
      stage = newStage;
      state = newState ?? state;
      if (state !== null) setCurrentDetails(renderDetails(state, stage));
    },
    async waitFor(isTrue, recorded) {
      for (;;) {
        await condition(() => mailbox.inbox.length > 0 || isTrue());
        const batch = nextBatch(mailbox);
        if (batch.length === 0) return;
        await artifacts.recordMessages.executeWithOptions({ summary: `record ${batch.length} of people's messages` }, [
          { experiment, from: mailbox.recorded + 1, messages: batch },
        ]);
        mailbox = afterRecording(mailbox, batch.length);
        await recorded?.(mailbox.recorded);
      }
    },
  };
}

function now(): string {
  return new Date().toISOString();
}

function journalPage(state: ExperimentState | null, page: { from?: number; limit?: number }) {
  const journal = state?.journal ?? [];
  const from = Math.max(1, Math.floor(page.from ?? 1));
  const limit = Math.min(largestPage, Math.max(1, Math.floor(page.limit ?? largestPage)));
  return { total: journal.length, from, entries: journal.slice(from - 1, from - 1 + limit) };
}

function planAnswer(state: ExperimentState | null) {
  if (state === null) return null;
  return { plan: state.plan, path: `plans/PLAN-${paddedNumber(state.plan.version)}.md`, tasks: state.tasks };
}
