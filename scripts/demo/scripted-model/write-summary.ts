import type { Metric } from '../../../workflows/schema/metric.ts';
import { describeCurve, type LearningCurve } from './learning-curve.ts';
import { describeCause, readFailure } from './read-failure.ts';
import { readDigest, type ExecutionDigest } from './read-digest.ts';
import { readMetric, requiredSection, UnreadablePrompt, type Sections } from './read-prompt.ts';
import { counted, joined, listed } from './words.ts';

const mostMetrics = 5;
const mostExecutions = 5;

/** The course of every metric, the final values, errors word for word, and what the digest leaves out. */
export function writeSummary(sections: Sections): string {
  const metric = readMetric(requiredSection(sections, 'metric'));
  const executions = readDigest(requiredSection(sections, 'digest of the logs'));
  if (executions.length === 0) {
    throw new UnreadablePrompt('The digest of the logs names no execution (## seed-0: ending).');
  }
  return joined([
    `${counted(executions.length, 'log')}: ${namesOf(executions)}.`,
    curves(executions, metric).join('\n'),
    limited(executions.filter(({ finished }) => finished.size > 0).map(finalValues)).join('\n'),
    limited(executions.flatMap(ending)).join('\n\n'),
    oddities(executions).join(' '),
    omissions(executions),
  ]);
}

function curves(executions: readonly ExecutionDigest[], metric: Metric): string[] {
  const logged = executions.flatMap(({ steps }) => steps.flatMap(({ values }) => [...values.keys()]));
  const names = [...new Set(logged)].filter((name) => name !== 'progress');
  return names.slice(0, mostMetrics).map((name) => {
    const parts = [
      describeCurve(curveOf(executions, name)),
      bestShown(executions, name, directionOf(name, metric)),
      motion(executions, name),
    ];
    return `${parts.filter((part) => part !== '').join('; ')}.`;
  });
}

/** The values of one metric of one execution, in the order of the steps that the digest shows. */
function shownValues({ steps }: ExecutionDigest, name: string): { step: string; value: string }[] {
  return steps.flatMap(({ step, values }) => {
    const value = values.get(name);
    return value === undefined ? [] : [{ step, value }];
  });
}

function curveOf(executions: readonly ExecutionDigest[], name: string): LearningCurve {
  const shown = executions.map((execution) => shownValues(execution, name)).filter((values) => values.length > 0);
  const end = (index: number): LearningCurve['first'] => ({
    step: shown[0]?.at(index)?.step ?? '0',
    values: shown.map((values) => values.at(index)?.value ?? ''),
  });
  return { name, first: end(0), last: end(-1) };
}

/** The experiment's metric says its direction, losses and errors are best where they are smallest; else nothing is. */
function directionOf(name: string, metric: Metric): Metric['direction'] | null {
  if (name === metric.name) return metric.direction;
  return /loss|error|entropy/.test(name) ? 'minimize' : null;
}

function bestShown(
  executions: readonly ExecutionDigest[],
  name: string,
  direction: Metric['direction'] | null,
): string {
  if (direction === null) return '';
  const all = executions.flatMap((execution) =>
    shownValues(execution, name).map((shown) => ({ ...shown, seed: execution.name })),
  );
  const sign = direction === 'minimize' ? 1 : -1;
  const [best] = all
    .filter(({ value }) => Number.isFinite(Number(value)))
    .toSorted((a, b) => (Number(a.value) - Number(b.value)) * sign);
  return best === undefined ? '' : `best shown value ${best.value} (\`${best.seed}\`, step ${best.step})`;
}

/** Still moving: more than a twentieth of a metric's whole change fell between the last two steps that are shown. */
function motion(executions: readonly ExecutionDigest[], name: string): string {
  const isMoving = executions.map((execution) => {
    const values = shownValues(execution, name).map(({ value }) => Number(value));
    const [first = 0] = values;
    const last = values.at(-1) ?? 0;
    return values.length > 2 && Math.abs(last - (values.at(-2) ?? 0)) > Math.abs(last - first) / 20;
  });
  const moving = isMoving.filter(Boolean).length;
  if (moving === 0) return 'settled at the end';
  return `still moving at the end in ${moving} of ${counted(executions.length, 'log')}`;
}

function finalValues({ name, finished }: ExecutionDigest): string {
  return `- \`${name}\` reported ${listed([...finished].map(([metric, value]) => `${metric}=${value}`))}.`;
}

/** An execution that did not complete, with its error word for word. */
function ending({ name, ending, text }: ExecutionDigest): string[] {
  if (ending.startsWith('completed')) return [];
  const failure = readFailure(`${ending}\n${text}`);
  const cause = failure.error === null ? '' : ` The log ends with ${describeCause(failure)}.`;
  return [`\`${name}\` ${ending}.${cause}`];
}

function oddities(executions: readonly ExecutionDigest[]): string[] {
  const notFinite = executions.filter(({ steps }) =>
    steps.some(({ values }) => [...values.values()].some((value) => !Number.isFinite(Number(value)))),
  );
  const empty = executions.filter(({ isEmpty }) => isEmpty);
  const [warning] = executions.flatMap(({ warnings }) => warnings);
  return [
    ...(notFinite.length === 0 ? [] : [`Values that are not finite were logged in ${namesOf(notFinite)}.`]),
    ...(empty.length === 0 ? [] : [`The log of ${namesOf(empty)} is empty.`]),
    ...(warning === undefined ? [] : [`A warning was printed: \`${warning.trim().slice(0, 200)}\`.`]),
  ];
}

function omissions(executions: readonly ExecutionDigest[]): string {
  const omitted = executions.flatMap(({ name, omission }) => (omission === null ? [] : [`\`${name}\`: ${omission}`]));
  return omitted.length === 0 ? '' : `Not in the digest: ${limited(omitted).join('; ')}.`;
}

function namesOf(executions: readonly ExecutionDigest[]): string {
  return listed(executions.map(({ name }) => `\`${name}\``));
}

function limited(items: readonly string[]): string[] {
  const rest = items.length - mostExecutions;
  return rest <= 0 ? [...items] : [...items.slice(0, mostExecutions), `and the same for ${rest} more`];
}
