import type { Metric } from '../workflows/schema/metric.ts';
import { modelRoleSchema } from '../workflows/schema/models.ts';
import type { Task } from '../workflows/schema/task.ts';
import type { ModelSpending } from '../workflows/schema/model-spending.ts';
import { describeCost, type Spending } from '../workflows/domain/budget.ts';
import { describeMetric, isBetter } from '../workflows/domain/metric.ts';
import type { PersonMessage } from '../workflows/domain/person-message.ts';
import type { Conclusion } from '../workflows/domain/stop-condition.ts';
import { tableCell } from '../workflows/domain/table-cell.ts';
import { renderTasks } from '../workflows/domain/task-list.ts';
import { describeOutcome, type TrialResult } from '../workflows/domain/trial.ts';
import { verdictInWords } from '../workflows/domain/verdict-in-words.ts';
import { trialFolder } from './experiment-files.ts';
import type { ForkOrigin } from './forks/experiment-record.ts';
import { quoteMessage } from './quote-message.ts';

export interface Report {
  title: string;
  metric: Metric;
  planVersion: number;
  tasks: Task[];
  results: TrialResult[];
  messages: PersonMessage[];
  /** Null for an experiment that began with an idea of its own. */
  origin: ForkOrigin | null;
  ending: Ending;
  narrative: string | null;
}

export type Ending =
  | { kind: 'goesOn' }
  /** It was cancelled, or has failed; `how` completes the sentence “The experiment …”. */
  | { kind: 'brokenOff'; how: string }
  | { kind: 'concluded'; conclusion: Conclusion; spending: Spending };

/** REPORT.md. Every number in it is read from the trials' results; prose from a model is marked as such. */
export function renderReport(report: Report): string {
  const { title, metric, ending, narrative, results, messages, tasks } = report;
  const sections = [
    `# ${title}`,
    renderEnding(ending),
    `Metric: ${describeMetric(metric)}. Best: ${renderBest(results, metric)}.`,
    narrative === null ? '' : `## What was learnt\n\n${narrative.trim()}`,
    `## Trials\n\nMean ± sample standard deviation over seeds.\n\n${renderTrials(results, metric)}`,
    report.origin === null ? '' : renderOrigin(report.origin),
    renderSandbox(results),
    `## Findings\n\n${renderFindings(results)}`,
    ending.kind === 'concluded' ? `## What language models cost\n\n${renderModelCosts(ending.spending)}` : '',
    messages.length === 0 ? '' : `## What people said\n\n${messages.map(quoteMessage).join('\n')}`,
    `## Tasks\n\n${renderTasks(tasks)}`,
    `The plan is in PLAN.md (version ${report.planVersion}), the whole story in EXPERIMENT_LOG.md.`,
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function renderEnding(ending: Ending): string {
  if (ending.kind === 'goesOn') return '_The experiment goes on: this is the report so far._';
  if (ending.kind === 'brokenOff') return `_The experiment ${ending.how}. This is the report up to then._`;
  const { conclusion, spending } = ending;
  return [
    `**${verdictInWords[conclusion.verdict]}**: ${conclusion.reason}.`,
    `Spent: ${Math.round(spending.trainingSeconds)} seconds of training.`,
  ].join('\n\n');
}

function renderBest(results: readonly TrialResult[], metric: Metric): string {
  const best = bestResult(results, metric);
  return best === null ? 'none measured' : `trial ${best.number} with ${describeOutcome(best.outcome)}`;
}

function bestResult(results: readonly TrialResult[], metric: Metric): TrialResult | null {
  let best: TrialResult | null = null;
  for (const result of results) {
    if (result.outcome.kind !== 'completed') continue;
    if (best?.outcome.kind !== 'completed' || isBetter(metric, result.outcome.mean, best.outcome.mean)) best = result;
  }
  return best;
}

/** One row a trial, failed ones too. The script of each is linked, so that a number can be followed to its code. */
export function renderTrials(results: readonly TrialResult[], metric: Metric): string {
  const rows = results.map((result) => {
    const { number, step, title, outcome, spending } = result;
    const origin = step.kind === 'draft' ? 'draft' : `${step.kind} ${step.parent}`;
    const script = result.script === null ? 'none' : `[train.py](${trialFolder(number)}/train.py)`;
    return `| ${number} | ${tableCell(title)} | ${origin} | ${tableCell(describeOutcome(outcome))} | ${Math.round(spending.trainingSeconds)} | ${script} |`;
  });
  return [
    `| trial | what | from | ${tableCell(metric.name)} | training seconds | script |`,
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

function renderOrigin({ experiment, trial }: ForkOrigin): string {
  const inherited = trial === 1 ? 'Trial 1 is inherited' : `Trials 1 to ${trial} are inherited`;
  return `${inherited} from ${experiment}, which this experiment was forked from; what they cost is in its report.`;
}

/** Who reads the numbers must know what their scripts were able to do. */
function renderSandbox(results: readonly TrialResult[]): string {
  const open = results.filter(({ sandbox }) => sandbox === 'off').map(({ number }) => number);
  return open.length === 0
    ? ''
    : `Without a sandbox, with the rights of the worker, ran the scripts of: trial ${open.join(', ')}.`;
}

function renderFindings(results: readonly TrialResult[]): string {
  if (results.length === 0) return 'none yet';
  return results.map(({ number, finding }) => `${number}. ${finding}`).join('\n');
}

/** A row for each role that was asked, and their sum. */
function renderModelCosts(spending: Spending): string {
  const rows = modelRoleSchema.options.flatMap((role) => {
    const spent = spending.byRole[role];
    return spent === undefined ? [] : [costRow(role, spent)];
  });
  return [
    '| role | calls | tokens read | tokens written | US dollars |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    costRow('total', spending),
  ].join('\n');
}

function costRow(name: string, spent: ModelSpending): string {
  return `| ${name} | ${spent.calls} | ${spent.inputTokens} | ${spent.outputTokens} | ${describeCost(spent, 4)} |`;
}
