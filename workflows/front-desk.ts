import { log, setHandler } from '@temporalio/workflow';
import { answerQueries } from './answer-queries.ts';
import type { ExperimentState } from './domain/experiment-state.ts';
import type { TrialStatus } from './domain/guidance.ts';
import type { Hold } from './domain/hold.ts';
import { readTrialStatus } from './domain/read-inner-signal.ts';
import type { Mailroom } from './mailroom.ts';
import { description, trialStatusSignal } from './messages.ts';
import type { NoticeBoard } from './notice-board.ts';
import { openScene, type Scene, type SceneBasis } from './scene.ts';
import { takeSignals, takeUpdates } from './take-messages.ts';

/** Where people meet the experiment: it takes their messages and shows them where things stand. */
export interface FrontDesk
  extends Omit<Mailroom, 'take'>, Pick<Scene, 'isOpened' | 'past' | 'begin' | 'enter' | 'count'> {
  /** What the running trial has said of itself; nothing spent and no hold while none runs. */
  readonly trial: TrialStatus;
  /** As it was shown last, and as people have steered it since; null before the first plan. */
  state: () => ExperimentState | null;
  /** What the experiment itself waits for. */
  hold: () => Hold | null;
  readonly notices: NoticeBoard;
  /** Shows what the experiment itself waits for; null: it goes on. */
  show(hold: Hold | null): void;
}

/** Registers every signal, update and query. Call it before the first await: what is sent at the start arrives then. */
export function openFrontDesk(basis: SceneBasis): FrontDesk {
  const { mailroom, notices } = basis;
  const scene = openScene(basis);
  openDoors(mailroom, scene);
  const { waitFor, settleMessages, standStill, planIsChanged, inherit } = mailroom;
  const { state, isOpened, past, begin, enter, count } = scene;
  return {
    get mailbox() {
      return mailroom.mailbox;
    },
    waitFor,
    settleMessages,
    standStill,
    planIsChanged,
    inherit,
    get trial() {
      return scene.situation().trial;
    },
    state,
    hold: () => scene.situation().hold,
    notices,
    isOpened,
    past,
    begin,
    enter,
    count,
    show: (hold) => scene.redraw({ hold }),
  };
}

function openDoors(mailroom: Mailroom, scene: Scene): void {
  const take: Mailroom['take'] = (message) => {
    mailroom.take(message);
    scene.redraw();
  };
  const hear = (payload: unknown): void => {
    const trial = readTrialStatus(payload);
    if (trial === null) log.warn('a signal `trialStatus` that no trial sends is left aside');
    else scene.redraw({ trial });
  };
  setHandler(trialStatusSignal, hear, { description: description.trialStatus });
  takeSignals(take);
  takeUpdates({
    take,
    standing() {
      const moment = scene.moment();
      return { ...moment, hold: moment.hold ?? moment.trial.hold, budget: scene.budget().budget };
    },
  });
  answerQueries(scene);
}
