/** The course of one metric over all seeds. Values are the digits that the log has, never rounded. */
export interface LearningCurve {
  name: string;
  first: { step: string; values: string[] };
  last: { step: string; values: string[] };
}

const range = String.raw`([^\s,]+)(?: to ([^\s,]+))?`;
const course = new RegExp(
  `^- \`([^\`]+)\`: ${range} at the first logged step \\((\\d+)\\), ${range} at the last \\((\\d+)\\)`,
);

/** "- `val_error`: 14.29 to 15.71 at the first logged step (10), 6.286 to 6.571 at the last (200)" */
export function describeCurve({ name, first, last }: LearningCurve): string {
  const begin = `${describeRange(first.values)} at the first logged step (${first.step})`;
  return `- \`${name}\`: ${begin}, ${describeRange(last.values)} at the last (${last.step})`;
}

/** The curves in a summary that `describeCurve` wrote; none in any other text. */
export function readCurves(summary: string): LearningCurve[] {
  return summary.split('\n').flatMap((line) => {
    const [, name, low, high = low, step = '', lastLow, lastHigh = lastLow, lastStep = ''] = course.exec(line) ?? [];
    if (name === undefined || low === undefined || lastLow === undefined) return [];
    return [
      {
        name,
        first: { step, values: [low, high ?? low] },
        last: { step: lastStep, values: [lastLow, lastHigh ?? lastLow] },
      },
    ];
  });
}

/** "0.25" or "0.25 to 0.31"; what is not finite shows only where nothing else is there. */
export function describeRange(values: readonly string[]): string {
  const sorted = values.filter((value) => Number.isFinite(Number(value))).toSorted((a, b) => Number(a) - Number(b));
  const [lowest = values[0] ?? ''] = sorted;
  const highest = sorted.at(-1) ?? lowest;
  return lowest === highest ? lowest : `${lowest} to ${highest}`;
}

export function meanOf(values: readonly string[]): number {
  return values.reduce((sum, value) => sum + Number(value), 0) / values.length;
}
