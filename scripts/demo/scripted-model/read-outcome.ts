import type { Metric } from '../../../workflows/schema/metric.ts';
import { readFailure, type Failure } from './read-failure.ts';
import { readMeasurement, readStanding, type Measurement, type Standing } from './read-measurement.ts';
import { UnreadablePrompt } from './read-prompt.ts';

/** The section `outcome`: what one trial came to. */
export type Outcome =
  | {
      kind: 'measured';
      measurement: Measurement;
      values: number[];
      standing: Standing;
      isTargetReached: boolean | null;
    }
  | { kind: 'stopped' }
  | { kind: 'failed'; failure: Failure };

export type MeasuredOutcome = Extract<Outcome, { kind: 'measured' }>;

/** `isTargetReached` is null where the metric has no target. */
export function readOutcome(text: string, { name }: Metric): Outcome {
  const [first = ''] = text.trim().split('\n');
  if (first === 'stopped on request') return { kind: 'stopped' };
  const measurement = first.startsWith(`${name}: `) ? readMeasurement(first.slice(name.length + 2)) : null;
  if (measurement === null) return { kind: 'failed', failure: readFailure(text) };

  const labelled = (label: string): string | undefined => new RegExp(`^${label}: (.*)$`, 'm').exec(text)?.[1];
  const standing = readStanding(labelled('Against the best before') ?? '');
  if (standing === null) throw new UnreadablePrompt('The outcome does not say how the trial compares with the best.');
  const values = (labelled('Values by seed') ?? '').split(', ').map(Number);
  const target = labelled('Target');
  return {
    kind: 'measured',
    measurement,
    values,
    standing,
    isTargetReached: target === undefined ? null : target === 'reached',
  };
}
