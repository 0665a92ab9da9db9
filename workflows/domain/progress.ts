import type { Metric } from '../schema/metric.ts';
import type { Models } from '../schema/models.ts';
import type { Task } from '../schema/task.ts';
import { budgetUse, isEnd, type ExperimentState, type Plan, type Stage } from './experiment-state.ts';
import { budgetWarnings, type Spending } from './budget.ts';
import type { TrialAct, TrialStatus } from './guidance.ts';
import { workingTime } from './halts.ts';
import type { Hold } from './hold.ts';
import { bestTrial, type JournalEntry, type MeasuredEntry } from './journal.ts';
import type { Mailbox } from './mailbox.ts';
import type { MessageHead, PauseKind } from './person-message.ts';
import { verdictInWords } from './verdict-in-words.ts';

/** The answer of the query `progress`: small, whatever the length of the experiment. */
export interface Progress {
  title: string | null;
  stage: Stage;
  /** What the running trial is at; null while none runs. */
  act: TrialAct | null;
  /** What the experiment, or its running trial, waits for; null: for nothing that a person has to do. */
  hold: Hold | null;
  isPaused: boolean;
  /** How it is paused, or pauses when it can; null: it is not to pause. */
  pause: { when: PauseKind } | null;
  metric: Metric | null;
  best: MeasuredEntry | null;
  trials: number;
  recentTrials: JournalEntry[];
  plan: Plan | null;
  tasks: { open: number; done: number };
  spending: Spending | null;
  elapsedSeconds: number;
  budget: { trials: number; hours: number } | null;
  /** By role, as people have changed them; a role left out takes what the `llm` worker is set to. */
  models: Models;
  /** What is nearly or wholly spent, and what could not be told to the webhook. */
  warnings: string[];
  messages: number;
  /** The newest of them, oldest first. */
  recentMessages: MessageHead[];
}

const recentTrials = 20;

/** What goes on beside the state. */
export interface Situation {
  stage: Stage;
  /** Of the experiment itself. */
  hold: Hold | null;
  trial: TrialStatus;
}

export interface Moment extends Situation {
  mailbox: Mailbox;
  /** What went wrong beside the experiment, a sentence each. */
  problems: readonly string[];
  nowMilliseconds: number;
}

/** `state` is the one that people have steered. */
export function progressOf(state: ExperimentState | null, moment: Moment): Progress {
  const said = whatIsKnownAtOnce(moment);
  if (state === null) return { ...nothingYet, ...said };
  const { budget, models } = state.settings;
  const use = budgetUse(state, workingTime(moment.mailbox.halts, moment.nowMilliseconds));
  return {
    ...said,
    title: state.title,
    metric: state.metric,
    best: bestTrial(state.journal, state.metric),
    trials: state.journal.length,
    recentTrials: state.journal.slice(-recentTrials),
    plan: state.plan,
    tasks: { open: countTasks(state.tasks, 'open'), done: countTasks(state.tasks, 'done') },
    spending: state.spending,
    elapsedSeconds: Math.round(use.elapsedSeconds),
    budget: { trials: budget.trials, hours: budget.hours },
    models,
    warnings: [...budgetWarnings(use), ...moment.problems],
  };
}

type KnownAtOnce = Pick<
  Progress,
  'stage' | 'act' | 'hold' | 'isPaused' | 'pause' | 'messages' | 'recentMessages' | 'warnings' | 'models'
>;

function whatIsKnownAtOnce({ stage, hold, trial, mailbox, problems }: Moment): KnownAtOnce {
  const isPaused = mailbox.isPaused && !isEnd(stage);
  return {
    stage,
    act: stage.kind === 'trial' ? (trial.act ?? 'writing') : null,
    hold: hold ?? trial.hold,
    isPaused,
    pause: isPaused ? { when: mailbox.isHalted ? 'now' : 'afterTrials' } : null,
    models: mailbox.models,
    warnings: [...problems],
    messages: mailbox.recorded + mailbox.inbox.length,
    recentMessages: mailbox.recent,
  };
}

const nothingYet: Omit<Progress, keyof KnownAtOnce> = {
  title: null,
  metric: null,
  best: null,
  trials: 0,
  recentTrials: [],
  plan: null,
  tasks: { open: 0, done: 0 },
  spending: null,
  elapsedSeconds: 0,
  budget: null,
};

function countTasks(tasks: readonly Task[], status: Task['status']): number {
  return tasks.filter((task) => task.status === status).length;
}

/** In words; with what the running trial is at, where that is known. */
export function describeStage(stage: Stage, act: TrialAct | null = null): string {
  switch (stage.kind) {
    case 'opening':
      return 'opening';
    case 'planning':
      return 'planning';
    case 'trial':
      return `trial ${stage.number}: ${stage.step}${act === null ? '' : `, ${act}`}`;
    case 'recording':
      return `trial ${stage.number}: writing the log`;
    case 'betweenTrials':
      return 'between two trials';
    case 'revisingPlan':
      return 'revising the plan';
    case 'deciding':
      return 'waiting for a decision';
    case 'paused':
      return 'paused: send the signal `resume` to go on';
    case 'reporting':
      return 'writing the report';
    case 'finished':
      return `finished: ${verdictInWords[stage.conclusion.verdict]}, ${stage.conclusion.reason}`;
    case 'cancelled':
      return 'cancelled';
    case 'failed':
      return `failed: ${stage.reason}`;
  }
}

export function measured(entry: JournalEntry): string {
  if (entry.mean === null) return entry.outcome;
  return entry.deviation === null
    ? entry.mean.toPrecision(4)
    : `${entry.mean.toPrecision(4)} ± ${entry.deviation.toPrecision(2)}`;
}
