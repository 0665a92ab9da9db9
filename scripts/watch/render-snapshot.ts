import colors from 'picocolors';
import { describeHold, type Hold } from '../../workflows/domain/hold.ts';
import { describeCost } from '../../workflows/domain/budget.ts';
import { describeMetric } from '../../workflows/domain/metric.ts';
import { describeStage, measured, type Progress } from '../../workflows/domain/progress.ts';
import type { JournalEntry } from '../../workflows/domain/journal.ts';
import { decideCommand } from '../steering/decide-command.ts';
import type { ExperimentSnapshot, PendingActivity } from './experiment-snapshot.ts';
import { renderMessages, renderModels } from './render-messages.ts';
import { renderTable } from './render-table.ts';
import { wrapWords } from './wrap-words.ts';

/**
 * The whole picture. What a person has to know is wrapped to `width` characters, since a terminal that is redrawn cuts
 * off whatever is longer.
 */
export function renderSnapshot({ id, status, progress, pending }: ExperimentSnapshot, width = Infinity): string[] {
  const state = status.toLowerCase();
  if (progress === null) {
    return [colors.bold(id), `${state}, but no worker answers: \`npx longrun up\` starts them`];
  }
  const isOver = status !== 'RUNNING' && progress.stage.kind !== 'finished';
  return [
    progress.title === null ? colors.bold(id) : `${colors.bold(progress.title)}  ${colors.dim(id)}`,
    isOver
      ? colors.red(`${state} while ${describeStage(progress.stage)}`)
      : `${colors.cyan(stageInWords(id, progress))}${colors.yellow(pauseNote(progress, pending))}`,
    ...(status === 'RUNNING' && progress.hold !== null ? renderHold({ id, hold: progress.hold }, width) : []),
    ...pending.map((activity) => `  ${describePending(activity)}`),
    ...progress.warnings.flatMap((warning) => wrapWords(`${warning}.`, width)).map(colors.yellow),
    '',
    ...renderTrials(progress),
    '',
    ...renderMessages(progress),
    ...renderModels(progress).map(colors.dim),
    colors.dim(describeSpending(progress)),
  ];
}

/** Above the activities: those of them that try again meanwhile say only what failed, not what to do. */
function renderHold({ id, hold }: { id: string; hold: Hold }, width: number): string[] {
  const { problem, mend, since, decision = null } = hold;
  const indented = (text: string) => wrapWords(text, width - 2).map((line) => `  ${line}`);
  return [
    colors.bold(colors.red(`Waits for a person since ${since}:`)),
    ...indented(problem).map(colors.red),
    ...indented(mend).map(colors.yellow),
    ...(decision === null ? [] : indented(`Answer: ${decideCommand(id, decision)}.`).map(colors.bold)),
  ];
}

/** For people at a terminal, who resume by a command. */
function stageInWords(id: string, { stage, act }: Progress): string {
  return stage.kind === 'paused' ? `paused: \`longrun resume ${id}\` goes on` : describeStage(stage, act);
}

/** A pause is only a request until what runs has ended: the trial, or at once a step of it. */
function pauseNote({ pause, stage }: Progress, pending: readonly PendingActivity[]): string {
  if (pause === null || stage.kind === 'paused') return '';
  if (pause.when === 'afterTrials') return '  (pauses after this trial)';
  return pending.length === 0 ? '  (paused: nothing goes on)' : '  (pauses as soon as this step has stopped)';
}

const activityNames: Record<string, string> = {
  openExperiment: 'checking the input',
  checkModels: 'checking the models',
  surveyHost: 'looking at the host',
  draftPlan: 'drafting the plan',
  adoptPlan: 'taking over the plan',
  writeTrainingScript: 'writing the script',
  checkTrainingScript: 'compiling the script',
  rehearseTraining: 'rehearsing',
  runTraining: 'training',
  markExecutionPaused: 'noting the pause',
  compactLog: 'compacting the log',
  summarizeLog: 'summarizing the log',
  analyzeTrial: 'analysing',
  recordTrial: 'writing the log',
  recordMessages: 'recording messages',
  revisePlan: 'revising the plan',
  writeReport: 'writing the report',
  publishReport: 'publishing the report',
};

export function nameActivity({ type }: PendingActivity): string {
  return activityNames[type] ?? type;
}

/** "training seed 1: step 340, val_error 5.2, about 1.5 minutes left" or why it is tried again. */
export function describePending(activity: PendingActivity): string {
  const name = nameActivity(activity);
  if (activity.attempt > 1 && activity.lastFailure !== null) {
    return colors.yellow(`${name}, attempt ${activity.attempt}: ${activity.lastFailure}`);
  }
  const { heartbeat } = activity;
  if (heartbeat === null || typeof heartbeat['step'] !== 'number') return name;
  const metrics = Object.entries(heartbeat['metrics'] ?? {})
    .filter(([metric]) => metric !== 'progress')
    .map(([metric, value]) => `${metric} ${typeof value === 'number' ? Number(value.toPrecision(4)) : String(value)}`);
  const parts = [`step ${heartbeat['step']}`, ...metrics, ...describeTimeLeft(heartbeat)];
  return `${name} seed ${String(heartbeat['seed'])}: ${parts.join(', ')}`;
}

function describeTimeLeft({ etaMinutes, deadlineMinutes }: Record<string, unknown>): string[] {
  if (typeof etaMinutes === 'number') return [`about ${etaMinutes} min left`];
  return typeof deadlineMinutes === 'number' ? [`at most ${deadlineMinutes} min left`] : [];
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
    return `${stage}${note}. ${colors.red(wrapWords(describeHold(progress.hold), Infinity).join(' '))}`;
  }
  const failing = pending.find(({ attempt, lastFailure }) => attempt > 1 && lastFailure !== null);
  const act = failing === undefined ? pending.map(nameActivity)[0] : describePending(failing);
  return `${act === undefined || stage.endsWith(act) ? stage : `${stage}, ${act}`}${note}`;
}

const rowsShown = 12;

function renderTrials({ recentTrials, best, metric, trials }: Progress): string[] {
  if (metric === null || recentTrials.length === 0) return [colors.dim('no finished trial yet')];
  const shown = recentTrials.slice(-rowsShown);
  const rows = shown.map(trialCells);
  const [header = '', ...lines] = renderTable([['trial', 'what', 'from', metric.name, 'seconds'], ...rows]);
  return [
    colors.dim(header),
    ...lines.map((line, index) => (shown[index]?.trial === best?.trial ? colors.green(line) : line)),
    ...(trials > rows.length ? [colors.dim(`and ${trials - rows.length} earlier ones: \`longrun show\``)] : []),
    `Metric ${describeMetric(metric)}`,
  ];
}

function trialCells(entry: JournalEntry): string[] {
  const origin = entry.parent === null ? entry.kind : `${entry.kind} ${entry.parent}`;
  return [String(entry.trial), entry.title, origin, measured(entry), String(entry.seconds)];
}

function describeSpending({ spending, budget, elapsedSeconds, trials }: Progress): string {
  if (spending === null || budget === null) return 'nothing spent yet';
  const minutes = (elapsedSeconds / 60).toFixed(1);
  const tokens = spending.inputTokens + spending.outputTokens;
  const cost = `cost in US dollars: ${describeCost(spending, 2)}`;
  return `${trials} of ${budget.trials} trials, ${minutes} of ${budget.hours * 60} minutes, ${Math.round(spending.trainingSeconds)} s of training, ${tokens} tokens (${cost})`;
}
