import type { Metric } from '../../../workflows/schema/metric.ts';
import { describeRange, meanOf, readCurves } from './learning-curve.ts';
import type { Standing } from './read-measurement.ts';
import type { MeasuredOutcome } from './read-outcome.ts';
import type { TrialContext } from './trial-context.ts';
import { fourDigits } from './words.ts';

/** What a measured value means: against the best before, from seed to seed, and by its learning curve. */
export function describeResult({ rung, metric, summary }: TrialContext, outcome: MeasuredOutcome): string[] {
  const { standing } = outcome;
  const isDifferent = standing.kind === 'better' || standing.kind === 'worse';
  const alsoChanged = rung?.alsoChanged ?? null;
  return [
    `${meaningOf(standing)}${standing.kind === 'withinNoise' && rung?.lever === 'capacity' ? ' Capacity is not what limits the result.' : ''}`,
    describeSpread(outcome),
    describeFit(summary, metric),
    isDifferent && alsoChanged !== null
      ? `What caused the difference is not separated. Changed beside it: ${alsoChanged}.`
      : '',
  ];
}

function meaningOf(standing: Standing): string {
  switch (standing.kind) {
    case 'first':
      return 'There is nothing to compare it with yet; it is the mark for what follows.';
    case 'withinNoise':
      return `The difference from trial ${standing.trial} is within noise, so this is no improvement, whatever its sign.`;
    case 'better':
      return standing.isSpreadKnown
        ? `That is an improvement over trial ${standing.trial} beyond what the seeds explain.`
        : `That is better than trial ${standing.trial}, but without a spread on both sides nothing is known about noise.`;
    case 'worse':
      return standing.isSpreadKnown
        ? `That is a step back from trial ${standing.trial} beyond what the seeds explain; the change is not kept.`
        : `That is worse than trial ${standing.trial}, but without a spread on both sides nothing is known about noise.`;
  }
}

function describeSpread({ measurement, values }: MeasuredOutcome): string {
  if (measurement.deviation === null) return 'One seed was run, so the noise of this value is unknown.';
  const sorted = values.toSorted((a, b) => a - b);
  const [lowest = measurement.mean] = sorted;
  return `The ${measurement.seeds} seeds lie between ${fourDigits(lowest)} and ${fourDigits(sorted.at(-1) ?? lowest)}.`;
}

/** A training loss below a tenth of its first logged value is taken for an almost complete fit: a rule of thumb. */
const almostFitted = 0.1;

function describeFit(summary: string, metric: Metric): string {
  const loss = readCurves(summary).find(({ name }) => name === 'train_loss');
  if (loss === undefined) return '';
  const course = `The training loss began at ${describeRange(loss.first.values)} and ended at ${describeRange(loss.last.values)}.`;
  if (meanOf(loss.last.values) < almostFitted * meanOf(loss.first.values)) {
    return `${course} The training images are fitted almost completely, so what ${metric.name} has to gain lies in images that were not seen.`;
  }
  const isMoving = summary
    .split('\n')
    .some((line) => line.startsWith('- `train_loss`') && line.includes('still moving'));
  return isMoving ? `${course} It was still moving, so a part of what is missing may be training time.` : course;
}
