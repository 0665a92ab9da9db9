import type { Subject } from './answer-queries.ts';
import { addSpending, nothingSpent, type Spending } from './domain/budget.ts';
import type { ExperimentState, Stage, Surroundings } from './domain/experiment-state.ts';
import type { TrialStatus } from './domain/guidance.ts';
import type { Hold } from './domain/hold.ts';
import type { Past } from './domain/past.ts';
import type { Situation } from './domain/progress.ts';
import { extendedBudget, steered } from './domain/steering.ts';
import type { ExperimentIdentity } from './domain/trial.ts';
import type { Mailroom } from './mailroom.ts';
import type { NoticeBoard } from './notice-board.ts';
import type { ExperimentSettings } from './schema/experiment-input.ts';
import { openShowcase } from './showcase.ts';

/** What there is to see of an experiment: its state as people have steered it, and what goes on beside it. */
export interface Scene extends Subject {
  situation: () => Situation;
  /** Whether the input is checked: from then on the experiment's folder is its own. */
  isOpened: () => boolean;
  /** What a fork has begun with. */
  past: () => Past | null;
  /** As soon as the input is checked. */
  begin: (opened: Opened) => void;
  /** Shows a new stage, and the state as it is now. */
  enter: (stage: Stage, state?: ExperimentState) => void;
  /** Counts what the experiment's own calls have spent that is not in the state yet. */
  count: (spending: Spending) => void;
  /** Shows it anew, with these changes. */
  redraw: (changes?: Partial<Situation>) => void;
}

/** What `openExperiment` has found, as far as it is shown. */
export interface Opened {
  settings: ExperimentSettings;
  surroundings: Surroundings;
  past: Past | null;
}

export interface SceneBasis {
  experiment: ExperimentIdentity;
  mailroom: Mailroom;
  notices: NoticeBoard;
  /** From the workflow run before: what is asked for in the first moment is answered from it. */
  carried: { state: ExperimentState; hold?: Hold | null } | null;
}

const noTrial: TrialStatus = { hold: null, spending: nothingSpent };

export function openScene({ experiment, mailroom, notices, carried }: SceneBasis): Scene {
  let situation = initialSituation(carried);
  let opened: Opened | null = null;
  let latest = carried?.state ?? null;
  let uncounted = nothingSpent;
  const showcase = openShowcase({ experiment, notices, hold: situation.hold });
  const state = () =>
    latest === null ? null : steered(latest, mailroom.mailbox, addSpending(uncounted, situation.trial.spending));
  const moment = () => {
    const [{ mailbox }, { problems }] = [mailroom, notices];
    return { ...situation, mailbox, problems, nowMilliseconds: Date.now() };
  };
  const redraw = (changes: Partial<Situation> = {}): void => {
    situation = { ...situation, ...changes };
    showcase.show(state(), moment(), (latest ?? opened)?.surroundings ?? null);
  };
  return {
    situation: () => situation,
    state,
    moment,
    budget: () => ({
      budget: extendedBudget((latest ?? opened)?.settings, mailroom.mailbox),
      spending: state()?.spending ?? uncounted,
    }),
    isOpened: () => (latest ?? opened) !== null,
    past: () => opened?.past ?? null,
    begin: (found) => void (opened = found),
    enter(stage, newState) {
      if (newState !== undefined) uncounted = nothingSpent;
      latest = newState ?? latest;
      redraw({ stage, trial: noTrial, hold: null });
    },
    count(spending) {
      uncounted = addSpending(uncounted, spending);
      redraw();
    },
    redraw,
  };
}

function initialSituation(carried: SceneBasis['carried']): Situation {
  const kind = carried === null ? 'opening' : 'betweenTrials';
  return { stage: { kind }, hold: carried?.hold ?? null, trial: noTrial };
}
