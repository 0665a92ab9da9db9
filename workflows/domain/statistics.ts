export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Sample standard deviation (n - 1). Null for fewer than two values: one seed says nothing about spread. */
export function standardDeviation(values: readonly number[]): number | null {
  if (values.length < 2) return null;
  const center = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - center) ** 2, 0) / (values.length - 1));
}

/** Rounded to six significant digits: enough for any metric, short enough for workflow state. */
export function significant(value: number): number {
  return Number(value.toPrecision(6));
}
