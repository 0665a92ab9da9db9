import { budgetUse, isEnd, type ExperimentState } from './experiment-state.ts';
import { budgetWarnings, partNames, type BudgetUse } from './budget.ts';
import { describeHold } from './hold.ts';
import { bestTrial, type JournalEntry } from './journal.ts';
import { describeMetric } from './metric.ts';
import type { Metric } from '../schema/metric.ts';
import { describeStage, measured, type Moment } from './progress.ts';
import { tableCell } from './table-cell.ts';
import { renderTasks } from './task-list.ts';
import { workingTime } from './halts.ts';

/** As many rows as a person takes in at a glance; the rest is in EXPERIMENT_LOG.md. */
const rowsShown = 12;

/**
 * The Markdown that the Temporal Web UI shows as "Current Details". The UI cuts off the last line or two, hence the
 * closing dot.
 */
export function renderDetails(state: ExperimentState | null, moment: Moment): string {
  const { stage, hold, trial, mailbox, problems } = moment;
  const waits = hold ?? trial.hold;
  const pauses = mailbox.isPaused && stage.kind !== 'paused' && !isEnd(stage);
  return [
    ...(state === null ? [] : [`### ${state.title}`]),
    `**${describeStage(stage, trial.act ?? null)}**${pauses ? pauseNote(mailbox.isHalted) : ''}`,
    ...(waits === null ? [] : [`**${describeHold(waits)}**`]),
    ...problems,
    ...(state === null ? [] : renderState(state, moment)),
    '·',
  ].join('\n\n');
}

function pauseNote(isHalted: boolean): string {
  return isHalted ? ', paused: it goes on after the signal `resume`' : ', pauses after this trial';
}

function renderState(state: ExperimentState, { mailbox, nowMilliseconds }: Moment): string[] {
  const best = bestTrial(state.journal, state.metric);
  const use = budgetUse(state, workingTime(mailbox.halts, nowMilliseconds));
  const warnings = budgetWarnings(use);
  const earlier = state.journal.length - rowsShown;
  return [
    `Best: ${best === null ? 'none yet' : `**${measured(best)}** in trial ${best.trial}`}. Metric: ${describeMetric(state.metric)}.`,
    renderBudget(use),
    ...(warnings.length === 0 ? [] : [`${warnings.join('; ')}.`]),
    ...(state.journal.length === 0 ? [] : [renderTrialTable(state.journal.slice(-rowsShown), state.metric)]),
    ...(earlier > 0 ? [`${earlier} earlier trials are in EXPERIMENT_LOG.md.`] : []),
    `Plan version ${state.plan.version}\n\n${renderTasks(state.tasks)}`,
  ];
}

/** What is used of each part that has a bound. */
function renderBudget({ budget, spending, trials, elapsedSeconds }: BudgetUse): string {
  const parts: [name: string, used: number, most: number | undefined][] = [
    [partNames.trials, trials, budget.trials],
    [partNames.hours, elapsedSeconds / 3600, budget.hours],
    [partNames.gpuHours, spending.trainingSeconds / 3600, budget.gpuHours],
    [partNames.tokens, spending.inputTokens + spending.outputTokens, budget.tokens],
    [partNames.calls, spending.calls, budget.calls],
    [partNames.usd, spending.cost, budget.usd],
  ];
  const used = parts.flatMap(([name, used, most]) =>
    most === undefined ? [] : [`${rounded(used)} of ${rounded(most)} ${name}`],
  );
  return `Used: ${used.join(', ')}.`;
}

function rounded(amount: number): string {
  return String(Number(amount.toFixed(amount < 10 ? 2 : 0)));
}

/** At most five columns: more do not fit the Web UI. */
export function renderTrialTable(journal: readonly JournalEntry[], metric: Metric): string {
  const rows = journal.map((entry) =>
    row([String(entry.trial), tableCell(entry.title), originOf(entry), measured(entry), String(entry.seconds)]),
  );
  const titles = ['trial', 'what', 'from', tableCell(metric.name), 'seconds'];
  return [row(titles), '| --- | --- | --- | --- | --- |', ...rows].join('\n');
}

const gap = '\u00a0\u00a0';

/** The UI puts cells side by side without a gap, so that one number runs into the next, and breaks them at blanks. */
function row([trial = '', what = '', ...others]: readonly string[]): string {
  const unbroken = others.map((cell) => `${gap}${cell.replaceAll(' ', '\u00a0')}`);
  return `| ${[trial, `${gap}${what}`, ...unbroken].join(' | ')} |`;
}

export function originOf({ kind, parent }: JournalEntry): string {
  return parent === null ? kind : `${kind} ${parent}`;
}
