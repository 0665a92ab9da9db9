import type { Metric } from '../schema/metric.ts';
import type { Task } from '../schema/task.ts';
import { budgetUse, type ExperimentState, type Plan, type Stage } from './experiment-state.ts';
import type { Spending } from './budget.ts';
import { bestTrial, type JournalEntry, type MeasuredEntry } from './journal.ts';
import type { Mailbox } from './mailbox.ts';
import { describeMetric } from './metric.ts';
import { tableCell } from './table-cell.ts';
import { renderTasks } from './task-list.ts';

/** The answer of the query `progress`: small, whatever the length of the experiment. */
export interface Progress {
  title: string | null;
  stage: Stage;
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
  messages: number;
}

const recentTrials = 20;

export interface Moment {
  stage: Stage;
  mailbox: Mailbox;
  nowMilliseconds: number;
}

export function progressOf(state: ExperimentState | null, { stage, mailbox, nowMilliseconds }: Moment): Progress {
  const messages = mailbox.recorded + mailbox.inbox.length;
  if (state === null) return { ...nothingYet, stage, isPaused: mailbox.isPaused, messages };
  const { budget } = state.settings;
  return {
    title: state.title,
    stage,
    isPaused: mailbox.isPaused,
    metric: state.metric,
    best: bestTrial(state.journal, state.metric),
    trials: state.journal.length,
    recentTrials: state.journal.slice(-recentTrials),
    plan: state.plan,
    tasks: { open: countTasks(state.tasks, 'open'), done: countTasks(state.tasks, 'done') },
    spending: state.spending,
    elapsedSeconds: Math.round(budgetUse(state, nowMilliseconds).elapsedSeconds),
    budget: { trials: budget.trials, hours: budget.hours },
    messages,
  };
}

const nothingYet: Omit<Progress, 'stage' | 'isPaused' | 'messages'> = {
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
export function renderDetails(state: ExperimentState, stage: Stage): string {
  const best = bestTrial(state.journal, state.metric);
  return [
    `### ${state.title}`,
    `**${describeStage(stage)}**`,
    `Metric: ${describeMetric(state.metric)}. Best: ${best === null ? 'none yet' : `${best.mean} (trial ${best.trial})`}.`,
    renderTrialTable(state.journal.slice(-recentTrials), state.metric),
    `Plan version ${state.plan.version}\n\n${renderTasks(state.tasks)}`,
    '·',
  ].join('\n\n');
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
