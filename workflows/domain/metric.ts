import type { Metric } from '../schema/metric.ts';

export function isBetter(metric: Metric, candidate: number, than: number): boolean {
  return metric.direction === 'minimize' ? candidate < than : candidate > than;
}

/** False without a target: what has no goal cannot reach it. */
export function meetsTarget(metric: Metric, value: number): boolean {
  return metric.target !== undefined && (value === metric.target || isBetter(metric, value, metric.target));
}

/** "val_error, smaller is better, target 2" */
export function describeMetric(metric: Metric): string {
  const direction = metric.direction === 'minimize' ? 'smaller is better' : 'larger is better';
  const target = metric.target === undefined ? 'no target' : `target ${metric.target}`;
  return `${metric.name}, ${direction}, ${target}`;
}
