import { condition, setCurrentDetails, setHandler } from '@temporalio/workflow';
import type { ExperimentSettings } from './schema/experiment-input.ts';
import { artifacts } from './activity-proxies.ts';
import { addSpending, extendBudget, nothingSpent, type Spending } from './domain/budget.ts';
import type { ExperimentState, Stage } from './domain/experiment-state.ts';
import type { TrialStatus } from './domain/guidance.ts';
import type { Hold } from './domain/hold.ts';
import { afterRecording, emptyMailbox, nextBatch, receive, type Mailbox } from './domain/mailbox.ts';
import type { PersonMessage } from './domain/person-message.ts';
import { renderDetails, type Situation } from './domain/progress.ts';
import { steered } from './domain/steering.ts';
import type { ExperimentIdentity } from './domain/trial.ts';
import { answerQueries } from './answer-queries.ts';
import { description, trialStatusSignal } from './messages.ts';
import { takeSignals, takeUpdates } from './take-messages.ts';

/** Where people meet the experiment: it takes their messages and shows them where things stand. */
export interface FrontDesk {
  readonly mailbox: Mailbox;
  /** What the running trial has said of itself; nothing spent and no hold while none runs. */
  readonly trial: TrialStatus;
  /** The settings, as soon as the input is checked. */
  begin(settings: ExperimentSettings): void;
  /** Shows a new stage, and the state as it is now. */
  enter(stage: Stage, state?: ExperimentState): void;
  /** Counts what the experiment's own calls have spent that is not in the state yet. */
  count(spending: Spending): void;
  /** Shows what the experiment itself waits for; null: it goes on. */
  show(hold: Hold | null): void;
  /** Waits, and meanwhile puts arriving messages on disk; `recorded` is told each time that some are. */
  waitFor(isTrue: () => boolean, recorded?: () => Promise<void>): Promise<void>;
}

const noTrial: TrialStatus = { hold: null, spending: nothingSpent };

/** Registers every signal, update and query. Call it before the first await: what is sent at the start arrives then. */
export function openFrontDesk(experiment: ExperimentIdentity, carried: Mailbox = emptyMailbox): FrontDesk {
  let mailbox = carried;
  let situation: Situation = { stage: { kind: 'opening' }, hold: null, trial: noTrial };
  let settings: ExperimentSettings | null = null;
  let state: ExperimentState | null = null;
  let uncounted = nothingSpent;
  const current = () =>
    state === null ? null : steered(state, mailbox, addSpending(uncounted, situation.trial.spending));
  const budget = () => {
    const given = (state?.settings ?? settings)?.budget ?? null;
    return given === null ? null : extendBudget(given, mailbox.extension);
  };
  const redraw = (changes: Partial<Situation>): void => {
    situation = { ...situation, ...changes };
    setCurrentDetails(renderDetails(current(), situation));
  };

  const take = (message: PersonMessage) => void (mailbox = receive(mailbox, message));
  takeSignals(take);
  takeUpdates({ take, mailbox: () => mailbox, budget });
  setHandler(trialStatusSignal, (trial) => redraw({ trial }), { description: description.trialStatus });
  answerQueries({
    state: current,
    moment: () => ({ ...situation, mailbox, nowMilliseconds: Date.now() }),
    budget: () => ({ budget: budget(), spending: current()?.spending ?? uncounted }),
  });

  return {
    get mailbox() {
      return mailbox;
    },
    get trial() {
      return situation.trial;
    },
    begin: (checked) => void (settings = checked),
    enter(stage, newState) {
      if (newState !== undefined) uncounted = nothingSpent;
      state = newState ?? state;
      redraw({ stage, trial: noTrial });
    },
    count(spending) {
      uncounted = addSpending(uncounted, spending);
      redraw({});
    },
    show: (hold) => redraw({ hold }),
    async waitFor(isTrue, recorded) {
      for (;;) {
        await condition(() => mailbox.inbox.length > 0 || isTrue());
        const batch = nextBatch(mailbox);
        if (batch.length === 0) return;
        await record(experiment, mailbox.recorded + 1, batch);
        mailbox = afterRecording(mailbox, batch.length);
        await recorded?.();
      }
    },
  };
}

async function record(experiment: ExperimentIdentity, from: number, messages: PersonMessage[]): Promise<void> {
  const summary = `record ${messages.length} of people's messages`;
  await artifacts.recordMessages.executeWithOptions({ summary }, [{ experiment, from, messages }]);
}
