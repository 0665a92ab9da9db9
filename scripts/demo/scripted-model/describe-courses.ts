import type { Metric } from '../../../workflows/schema/metric.ts';
import { bestLogged, byValue } from './best-logged.ts';
import { describeCurve, type LearningCurve } from './learning-curve.ts';
import type { ExecutionDigest } from './read-digest.ts';
import type { LoggedValue } from './read-logged-values.ts';
import { counted, limited } from './words.ts';

const mostMetrics = 5;
/** Of its range, in the last quarter of the way. */
const mostSettledChange = 0.05;

/** The experiment's metric first; a metric that is not described is named. */
export function describeCourses(executions: readonly ExecutionDigest[], metric: Metric): string[] {
  const names = [...new Set(executions.flatMap(({ logged }) => [...logged.keys()]))];
  const isJudged = (name: string): number => (name === metric.name ? 1 : 0);
  const told = names.filter((name) => name !== 'progress').toSorted((a, b) => isJudged(b) - isJudged(a));
  const rest = told.slice(mostMetrics);
  return [
    ...told.slice(0, mostMetrics).map((name) => describeCourse(executions, name, metric)),
    ...(rest.length === 0 ? [] : [`- Not described: ${limited(rest.map((name) => `\`${name}\``)).join(', ')}.`]),
  ];
}

function describeCourse(executions: readonly ExecutionDigest[], name: string, metric: Metric): string {
  const parts = [
    describeCurve(curveOf(executions, name)),
    bestOfAll(executions, name, directionOf(name, metric)),
    motion(executions, name),
  ];
  return `${parts.filter((part) => part !== '').join('; ')}.`;
}

function curveOf(executions: readonly ExecutionDigest[], name: string): LearningCurve {
  const shown = executions.flatMap(({ logged }) => {
    const values = logged.get(name);
    return values === undefined ? [] : [values];
  });
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

function bestOfAll(
  executions: readonly ExecutionDigest[],
  name: string,
  direction: Metric['direction'] | null,
): string {
  if (direction === null) return '';
  const all = executions.flatMap((execution) => {
    const best = bestLogged(execution.logged.get(name) ?? [], direction);
    return best === null ? [] : [{ ...best, seed: execution.name }];
  });
  const [best] = all.toSorted(byValue(direction));
  return best === undefined ? '' : `best value ${best.value} (\`${best.seed}\`, step ${best.step})`;
}

/** Nothing is claimed where the digests show too little. */
function motion(executions: readonly ExecutionDigest[], name: string): string {
  const courses = executions.map(({ logged }) => logged.get(name) ?? []);
  const lost = courses.filter((course) => course.length > 0 && !isFiniteValue(course.at(-1)));
  const changes = courses.flatMap((course) => lateChange(course) ?? []);
  const moving = changes.filter((change) => change > mostSettledChange);
  const logs = counted(executions.length, 'log');
  const parts = [
    lost.length === 0 ? '' : `not finite at the end in ${lost.length} of ${logs}`,
    moving.length === 0 ? '' : `still moving at the end in ${moving.length} of ${logs}`,
    lost.length + moving.length === 0 && changes.length > 0 ? 'settled at the end' : '',
  ];
  return parts.filter((part) => part !== '').join('; ');
}

function isFiniteValue(logged: LoggedValue | undefined): boolean {
  return Number.isFinite(Number(logged?.value));
}

/**
 * How much of a metric's range lies between its last value and the one a quarter of the way before; null where the
 * second half of the way is not shown.
 */
function lateChange(course: readonly LoggedValue[]): number | null {
  const [first, last] = [course[0], course.at(-1)];
  if (first === undefined || last === undefined || first === last || !isFiniteValue(last)) return null;
  const values = course.map(({ value }) => Number(value)).filter(Number.isFinite);
  const range = Math.max(...values) - Math.min(...values);
  if (range === 0) return 0;
  const stepAt = (share: number): number => Number(first.step) + (Number(last.step) - Number(first.step)) * share;
  const earlier = course.findLast(({ step }) => Number(step) <= stepAt(0.75));
  if (earlier === undefined || Number(earlier.step) < stepAt(0.5) || !isFiniteValue(earlier)) return null;
  return Math.abs(Number(last.value) - Number(earlier.value)) / range;
}
