import type { Models } from '../schema/models.ts';
import type { Allowance } from './allowance.ts';
import type { Spending } from './budget.ts';
import type { Hold } from './hold.ts';

/** What an experiment tells its running trial: all of it each time, so that the newest word counts. */
export interface Guidance {
  /** How many messages of people are on disk. */
  messages: number;
  models: Models;
  /** For the whole trial. */
  allowance: Allowance;
  nudges: Nudges;
  /** Paused at once: nothing new begins, and trainings stop at a checkpoint. */
  isHalted?: boolean;
}

/** How often people have said what may end a hold; other models are another such thing. */
export interface Nudges {
  resumes: number;
  extensions: number;
}

/** What a running trial tells its experiment. */
export interface TrialStatus {
  hold: Hold | null;
  /** Of language models, so far. */
  spending: Spending;
  act?: TrialAct;
}

/** What a trial is at. */
export type TrialAct = 'writing' | 'rehearsing' | 'training' | 'summarizing' | 'analysing';
