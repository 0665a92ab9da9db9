import {
  condition,
  getExternalWorkflowHandle,
  isCancellation,
  log,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { Asker } from './asker.ts';
import { afterSpending } from './domain/allowance.ts';
import { addSpending, nothingSpent } from './domain/budget.ts';
import type { TrialAct, TrialStatus } from './domain/guidance.ts';
import { readGuidance } from './domain/read-inner-signal.ts';
import { actInWords, renderTrialDetails } from './domain/render-trial-details.ts';
import type { TrialInput } from './domain/trial.ts';
import { description, guidanceSignal, trialStatusSignal } from './messages.ts';

/**
 * A trial that asks, and says what it is at. What it has spent it says along with that: a signal for each call would be
 * most of what there is to see of an experiment.
 */
export interface TrialAsker extends Asker {
  begin(act: TrialAct): Promise<void>;
  /** Shows what the trial has come to, in a line. */
  end(outcome: string): void;
  /** Says at once what is spent: nobody else will, where there is no result to say it. */
  report(): Promise<void>;
  /** A person has paused it at once. */
  isHalted: () => boolean;
}

type Briefing = Pick<TrialInput, 'guidance' | 'whenSpent' | 'number' | 'step'>;

/** The trial asks, within what its experiment allows it, and tells the experiment what it spends and waits for. */
export function openTrialAsker({ guidance: given, whenSpent, ...trial }: Briefing): TrialAsker {
  let guidance = given;
  let spent = nothingSpent;
  let status: Required<TrialStatus> = { hold: null, spending: nothingSpent, act: 'writing' };
  const isHalted = () => guidance.isHalted === true;
  const redraw = (): void => setCurrentDetails(renderTrialDetails(trial, status, actInWords(status.act, isHalted())));
  const tell = async (changes: Partial<TrialStatus>): Promise<void> => {
    status = { ...status, ...changes };
    redraw();
    await tellExperiment(status);
  };
  const hear = (payload: unknown): void => {
    const newest = readGuidance(payload);
    if (newest === null) return log.warn('a signal `guidance` that no experiment sends is left aside');
    guidance = newest;
    redraw();
  };
  setHandler(guidanceSignal, hear, { description: description.guidance });
  redraw();
  return {
    messages: () => guidance.messages,
    models: () => guidance.models,
    allowance: () => afterSpending(guidance.allowance, spent),
    nudges: () => guidance.nudges,
    // A trial that is to stop is cancelled.
    shouldGiveUp: () => false,
    isHalted,
    async goOn() {
      if (isHalted()) await condition(() => !isHalted());
    },
    whenSpent,
    async begin(act) {
      if (act !== status.act) await tell({ act, spending: spent });
    },
    end: (outcome) => setCurrentDetails(renderTrialDetails(trial, { ...status, spending: spent }, outcome)),
    report: () => tell({ hold: null, spending: spent }),
    count: (more) => void (spent = addSpending(spent, more)),
    // What a call has spent that waits is counted when it has its reply; until then it is only shown.
    show: (hold, waiting = nothingSpent) => tell({ hold, spending: addSpending(spent, waiting) }),
    waitFor: (isTrue) => condition(isTrue),
  };
}

/** An experiment that is not there any more needs to be told nothing. */
async function tellExperiment(status: TrialStatus): Promise<void> {
  const { parent } = workflowInfo();
  if (parent === undefined) return;
  try {
    await getExternalWorkflowHandle(parent.workflowId).signal(trialStatusSignal, status);
  } catch (error) {
    if (isCancellation(error)) throw error;
  }
}
