import { setHandler } from '@temporalio/workflow';
import type { ExperimentSettings } from './schema/experiment-input.ts';
import { answerQueries, type Subject } from './answer-queries.ts';
import { addSpending, nothingSpent, type Spending } from './domain/budget.ts';
import type { ExperimentState, Stage, Surroundings } from './domain/experiment-state.ts';
import type { TrialStatus } from './domain/guidance.ts';
import type { Hold } from './domain/hold.ts';
import type { Situation } from './domain/progress.ts';
import { extendedBudget, steered } from './domain/steering.ts';
import type { ExperimentIdentity } from './domain/trial.ts';
import type { Mailroom } from './mailroom.ts';
import { description, trialStatusSignal } from './messages.ts';
import type { NoticeBoard } from './notice-board.ts';
import { openShowcase } from './showcase.ts';
import { takeSignals, takeUpdates, type UpdateDesk } from './take-messages.ts';

/** Where people meet the experiment: it takes their messages and shows them where things stand. */
export interface FrontDesk extends Omit<Mailroom, 'take'> {
  /** What the running trial has said of itself; nothing spent and no hold while none runs. */
  readonly trial: TrialStatus;
  /** As it was shown last, and as people have steered it since; null before the first plan. */
  state: () => ExperimentState | null;
  /** What the experiment itself waits for. */
  hold: () => Hold | null;
  readonly notices: NoticeBoard;
  /** As soon as the input is checked. */
  begin(opened: Opened): void;
  /** Shows a new stage, and the state as it is now. */
  enter(stage: Stage, state?: ExperimentState): void;
  /** Counts what the experiment's own calls have spent that is not in the state yet. */
  count(spending: Spending): void;
  /** Shows what the experiment itself waits for; null: it goes on. */
  show(hold: Hold | null): void;
}

/** What `openExperiment` has found, as far as the desk has to know it. */
export interface Opened {
  settings: ExperimentSettings;
  surroundings: Surroundings;
}

export interface DeskBasis {
  experiment: ExperimentIdentity;
  mailroom: Mailroom;
  notices: NoticeBoard;
  /** From the workflow run before: what is asked for in the first moment is answered from it. */
  carried: { state: ExperimentState; hold?: Hold | null } | null;
}

const noTrial: TrialStatus = { hold: null, spending: nothingSpent };

function initialSituation(carried: DeskBasis['carried']): Situation {
  const kind = carried === null ? 'opening' : 'betweenTrials';
  return { stage: { kind }, hold: carried?.hold ?? null, trial: noTrial };
}

/** Registers every signal, update and query. Call it before the first await: what is sent at the start arrives then. */
export function openFrontDesk({ experiment, mailroom, notices, carried }: DeskBasis): FrontDesk {
  let situation = initialSituation(carried);
  let opened: Opened | null = null;
  let state = carried?.state ?? null;
  let uncounted = nothingSpent;
  const showcase = openShowcase({ experiment, notices, hold: situation.hold });
  const current = () =>
    state === null ? null : steered(state, mailroom.mailbox, addSpending(uncounted, situation.trial.spending));
  const moment = () => ({
    ...situation,
    mailbox: mailroom.mailbox,
    problems: notices.problems,
    nowMilliseconds: Date.now(),
  });
  const budget = () => extendedBudget(state?.settings ?? opened?.settings, mailroom.mailbox);
  const redraw = (changes: Partial<Situation>): void => {
    situation = { ...situation, ...changes };
    showcase.show(current(), moment(), state?.surroundings ?? opened?.surroundings ?? null);
  };

  openDoors({
    take(message) {
      mailroom.take(message);
      redraw({});
    },
    hear: (trial) => redraw({ trial }),
    standing: () => ({ ...moment(), hold: situation.hold ?? situation.trial.hold, budget: budget() }),
    subject: {
      state: current,
      moment,
      budget: () => ({ budget: budget(), spending: current()?.spending ?? uncounted }),
    },
  });
  const { waitFor, standStill, planIsChanged, inherit } = mailroom;
  return {
    get mailbox() {
      return mailroom.mailbox;
    },
    waitFor,
    standStill,
    planIsChanged,
    inherit,
    get trial() {
      return situation.trial;
    },
    state: current,
    hold: () => situation.hold,
    notices,
    begin: (found) => void (opened = found),
    enter(stage, newState) {
      if (newState !== undefined) uncounted = nothingSpent;
      state = newState ?? state;
      redraw({ stage, trial: noTrial, hold: null });
    },
    count(spending) {
      uncounted = addSpending(uncounted, spending);
      redraw({});
    },
    show: (hold) => redraw({ hold }),
  };
}

interface Doors extends UpdateDesk {
  hear: (trial: TrialStatus) => void;
  subject: Subject;
}

function openDoors({ take, standing, hear, subject }: Doors): void {
  takeSignals(take);
  takeUpdates({ take, standing });
  setHandler(trialStatusSignal, hear, { description: description.trialStatus });
  answerQueries(subject);
}
