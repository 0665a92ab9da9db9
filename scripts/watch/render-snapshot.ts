import colors from 'picocolors';
import { describeHold, type Decision, type Hold } from '../../workflows/domain/hold.ts';
import { describeCost } from '../../workflows/domain/budget.ts';
import { describeMetric } from '../../workflows/domain/metric.ts';
import { describeStage, measured, type Progress } from '../../workflows/domain/progress.ts';
import type { JournalEntry } from '../../workflows/domain/journal.ts';
import { decideCommand } from '../steering/decide-command.ts';
import type { ExperimentSnapshot, PendingActivity } from './experiment-snapshot.ts';
import { minuteOf } from '../minute-of.ts';
import { describePending, nameActivity } from './render-activity.ts';
import { renderMessages, renderModels } from './render-messages.ts';
import { describeResult } from './render-result.ts';
import { renderTable } from './render-table.ts';
import { wrapWords } from './wrap-words.ts';

/**
 * The whole picture. What a person has to know is wrapped to `width` characters, since a terminal that is redrawn cuts
 * off whatever is longer. `journal`: the trials to show, the newest where it is left out.
 */
export function renderSnapshot(
  snapshot: ExperimentSnapshot,
  width = Infinity,
  journal: readonly JournalEntry[] | null = null,
): string[] {
  const { id, status, progress, pending } = snapshot;
  if (progress === null) return [colors.bold(id), ...renderUnanswered(snapshot)];
  const isOver = status !== 'RUNNING' && progress.stage.kind !== 'finished';
  return [
    progress.title === null ? colors.bold(id) : `${colors.bold(progress.title)}  ${colors.dim(id)}`,
    isOver
      ? colors.red(describeBreakOff(status.toLowerCase(), describeStage(progress.stage)))
      : `${colors.cyan(stageInWords(id, progress))}${colors.yellow(pauseNote(progress, pending))}`,
    ...(status === 'RUNNING' && progress.hold !== null ? renderHold({ id, hold: progress.hold }, width) : []),
    ...pending.map((activity) => `  ${describePending(activity)}`),
    ...progress.warnings.flatMap((warning) => wrapWords(`${warning}.`, width)).map(colors.yellow),
    '',
    ...renderTrials(id, progress, journal ?? progress.recentTrials.slice(-rowsShown)),
    '',
    ...renderMessages(progress),
    ...[...renderModels(progress), describeSpending(progress)]
      .flatMap((line) => wrapWords(line, width))
      .map(colors.dim),
  ];
}

const rowsShown = 12;

/** What the server alone knows. */
function renderUnanswered({ status, result }: ExperimentSnapshot): string[] {
  const state = status.toLowerCase();
  if (result === null) return [`${state}, but no worker answers: \`npx longrun up\` starts them`];
  return [
    colors.cyan(`${state}: ${describeResult(result)}`),
    'No worker answers to tell more: `npx longrun up` starts them',
  ];
}

/** "cancelled while trial 3: draft"; a stage that says by itself how it ended says enough. */
function describeBreakOff(state: string, stage: string): string {
  return stage.startsWith(state) ? stage : `${state} while ${stage}`;
}

/** Above the activities: those of them that try again meanwhile say only what failed, not what to do. */
function renderHold({ id, hold }: { id: string; hold: Hold }, width: number): string[] {
  const { problem, mend, since, decision = null } = hold;
  const indented = (text: string) => wrapWords(text, width - 2).map((line) => `  ${line}`);
  return [
    colors.bold(colors.red(`Waits for a person since ${minuteOf(since)} UTC:`)),
    ...indented(problem).map(colors.red),
    ...(decision === null
      ? indented(mend).map(colors.yellow)
      : indented(describeAnswer(id, decision)).map(colors.bold)),
  ];
}

/** In place of the mend, which names the same updates and signals for those who have no command. */
function describeAnswer(id: string, decision: Decision): string {
  const before = `Say before what should be different: \`longrun feedback ${id} "..."\`.`;
  const own = decision.choices.includes('revise') ? ` A plan of your own: \`longrun plan ${id} --set FILE\`.` : '';
  return `Answer: ${decideCommand(id, decision)}. ${before}${own}`;
}

/** For people at a terminal, who resume by a command. */
function stageInWords(id: string, { stage, act }: Progress): string {
  return stage.kind === 'paused' ? `paused: \`longrun resume ${id}\` goes on` : describeStage(stage, act);
}

/** A pause is only a request until what runs has ended: the trial, or at once a step of it. */
function pauseNote({ pause, stage }: Progress, pending: readonly PendingActivity[]): string {
  if (pause === null || stage.kind === 'paused') return '';
  const isInTrial = stage.kind === 'trial' || stage.kind === 'recording';
  if (pause.when === 'afterTrials') return isInTrial ? '  (pauses after this trial)' : '  (pauses after this)';
  return pending.length === 0 ? '  (paused: nothing goes on)' : '  (pauses as soon as this step has stopped)';
}

/**
 * One line that changes often enough to show life, not with every step of a training. What a person has to do goes
 * before whatever is tried again meanwhile.
 */
export function describeAct({ id, status, progress, pending }: ExperimentSnapshot): string {
  if (progress === null) return `${status.toLowerCase()}, no worker answers`;
  const stage = stageInWords(id, { ...progress, act: null });
  const note = pauseNote(progress, pending);
  if (status === 'RUNNING' && progress.hold !== null) {
    const hold = describeHold({ ...progress.hold, since: `${minuteOf(progress.hold.since)} UTC` });
    return `${stage}${note}. ${colors.red(wrapWords(hold, Infinity).join(' '))}`;
  }
  const failing = pending.find(({ attempt, lastFailure }) => attempt > 1 && lastFailure !== null);
  const act = failing === undefined ? pending.map(nameActivity)[0] : describePending(failing);
  return `${act === undefined || stage.endsWith(act) ? stage : `${stage}, ${act}`}${note}`;
}

function renderTrials(id: string, { best, metric, trials }: Progress, shown: readonly JournalEntry[]): string[] {
  if (metric === null || shown.length === 0) return [colors.dim('no finished trial yet')];
  const rows = shown.map(trialCells);
  const [header = '', ...lines] = renderTable([['trial', 'what', 'from', metric.name, 'seconds'], ...rows]);
  return [
    colors.dim(header),
    ...lines.map((line, index) => (shown[index]?.trial === best?.trial ? colors.green(line) : line)),
    ...(trials > rows.length ? [colors.dim(`and ${trials - rows.length} earlier ones: \`longrun show ${id}\``)] : []),
    `Metric ${describeMetric(metric)}`,
  ];
}

function trialCells(entry: JournalEntry): string[] {
  const origin = entry.parent === null ? entry.kind : `${entry.kind} ${entry.parent}`;
  return [String(entry.trial), entry.title, origin, measured(entry), String(entry.seconds)];
}

function describeSpending({ spending, budget, elapsedSeconds, trials }: Progress): string {
  if (spending === null || budget === null) return 'nothing spent yet';
  const hours = `${inHours(elapsedSeconds)} of ${budget.hours} hours`;
  const training = `${inHours(spending.trainingSeconds)} hours of training`;
  const tokens = spending.inputTokens + spending.outputTokens;
  const cost = `cost in US dollars: ${describeCost(spending, 2)}`;
  return `${trials} of ${budget.trials} trials, ${hours}, ${training}, ${tokens} tokens (${cost})`;
}

function inHours(seconds: number): string {
  const hours = seconds / 3600;
  return hours > 0 && hours < 0.01 ? 'under 0.01' : String(Number(hours.toFixed(2)));
}
