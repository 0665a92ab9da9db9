import type { Metric } from '../../../workflows/schema/metric.ts';
import type { LoggedValue } from './read-logged-values.ts';

/** Among the exact values: a digest has the least and the greatest of all lines among them. Null if none is finite. */
export function bestLogged(course: readonly LoggedValue[], direction: Metric['direction']): LoggedValue | null {
  const finite = course.filter(({ value, isExact }) => isExact && Number.isFinite(Number(value)));
  return finite.toSorted(byValue(direction))[0] ?? null;
}

/** For sorting: the best first. */
export function byValue(direction: Metric['direction']): (a: LoggedValue, b: LoggedValue) => number {
  const sign = direction === 'minimize' ? 1 : -1;
  return (a, b) => (Number(a.value) - Number(b.value)) * sign;
}
