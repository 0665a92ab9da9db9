import type { Metric } from '../schema/metric.ts';
import type { Task } from '../schema/task.ts';
import { budgetUse, type ExperimentState, type Plan, type Stage } from './experiment-state.ts';
import { budgetWarnings, type Spending } from './budget.ts';
import type { TrialStatus } from './guidance.ts';
import { describeHold, type Hold } from './hold.ts';
import { bestTrial, type JournalEntry, type MeasuredEntry } from './journal.ts';
import type { Mailbox } from './mailbox.ts';
import { describeMetric } from './metric.ts';
import { tableCell } from './table-cell.ts';
import { renderTasks } from './task-list.ts';

/** The answer of the query `progress`: small, whatever the length of the experiment. */
export interface Progress {
  title: string | null;
  stage: Stage;
  /** What the experiment, or its running trial, waits for; null: for nothing that a person has to do. */
  hold: Hold | null;
  isPaused: boolean;
  metric: Metric | null;
  best: MeasuredEntry | null;
  trials: number;
  recentTrials: JournalEntry[];
  plan: Plan | null;
  tasks: { open: number; done: number };
  spending: Spending | null;
  elapsedSeconds: number;
  budget: { trials: number; hours: number } | null;
  /** What is nearly or wholly spent. */
  warnings: string[];
  messages: number;
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
  nowMilliseconds: number;
}

/** `state` is the one that people have steered. */
export function progressOf(state: ExperimentState | null, moment: Moment): Progress {
  const { stage, mailbox, nowMilliseconds } = moment;
  const messages = mailbox.recorded + mailbox.inbox.length;
  const hold = moment.hold ?? moment.trial.hold;
  if (state === null) return { ...nothingYet, stage, hold, isPaused: mailbox.isPaused, messages };
  const { budget } = state.settings;
  const use = budgetUse(state, nowMilliseconds);
  return {
    title: state.title,
    stage,
    hold,
    isPaused: mailbox.isPaused,
    metric: state.metric,
    best: bestTrial(state.journal, state.metric),
    trials: state.journal.length,
    recentTrials: state.journal.slice(-recentTrials),
    plan: state.plan,
    tasks: { open: countTasks(state.tasks, 'open'), done: countTasks(state.tasks, 'done') },
    spending: state.spending,
    elapsedSeconds: Math.round(use.elapsedSeconds),
    budget: { trials: budget.trials, hours: budget.hours },
    warnings: budgetWarnings(use),
    messages,
  };
}

const nothingYet: Omit<Progress, 'stage' | 'hold' | 'isPaused' | 'messages'> = {
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
  warnings: [],
};

function countTasks(tasks: readonly Task[], status: Task['status']): number {
  return tasks.filter((task) => task.status === status).length;
}

export function describeStage(stage: Stage): string {
  switch (stage.kind) {
    case 'opening':
      return 'opening';
    case 'planning':
      return 'planning';
    case 'trial':
      return `trial ${stage.number}: ${stage.step}`;
    case 'recording':
      return `trial ${stage.number}: writing the log`;
    case 'betweenTrials':
      return 'between two trials';
    case 'revisingPlan':
      return 'revising the plan';
    case 'paused':
      return 'paused: send the signal `resume` to go on';
    case 'reporting':
      return 'writing the report';
    case 'finished':
      return `finished: ${stage.conclusion.verdict}, ${stage.conclusion.reason}`;
  }
}

/**
 * The Markdown that the Temporal Web UI shows as "Current Details". The UI cuts off the last line or two, hence the
 * closing dot.
 */
export function renderDetails(state: ExperimentState | null, { stage, hold, trial }: Situation): string {
  const waits = hold ?? trial.hold;
  return [
    ...(state === null ? [] : [`### ${state.title}`]),
    `**${describeStage(stage)}**`,
    ...(waits === null ? [] : [`**${describeHold(waits)}**`]),
    ...(state === null ? [] : renderState(state)),
    '·',
  ].join('\n\n');
}

function renderState(state: ExperimentState): string[] {
  const best = bestTrial(state.journal, state.metric);
  const warnings = budgetWarnings({ budget: state.settings.budget, spending: state.spending });
  return [
    ...(warnings.length === 0 ? [] : [`${warnings.join('; ')}.`]),
    `Metric: ${describeMetric(state.metric)}. Best: ${best === null ? 'none yet' : `${best.mean} (trial ${best.trial})`}.`,
    renderTrialTable(state.journal.slice(-recentTrials), state.metric),
    `Plan version ${state.plan.version}\n\n${renderTasks(state.tasks)}`,
  ];
}

/** At most five columns: more do not fit the Web UI. */
export function renderTrialTable(journal: readonly JournalEntry[], metric: Metric): string {
  const rows = journal.map(
    (entry) => `| ${entry.trial} | ${tableCell(entry.title)} | ${entry.kind} | ${measured(entry)} | ${entry.seconds} |`,
  );
  return [
    `| trial | what | kind | ${tableCell(metric.name)} | seconds |`,
    '| --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

export function measured(entry: JournalEntry): string {
  if (entry.mean === null) return entry.outcome;
  return entry.deviation === null
    ? entry.mean.toPrecision(4)
    : `${entry.mean.toPrecision(4)} ± ${entry.deviation.toPrecision(2)}`;
}
