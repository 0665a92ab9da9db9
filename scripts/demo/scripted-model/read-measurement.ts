/** A measured value as prompts write it: "2.540 ± 0.210 (3 seeds)". */
export interface Measurement {
  text: string;
  mean: number;
  /** Null for one seed. */
  deviation: number | null;
  seeds: number;
}

/** How a trial stands against the best one before it; `text` can follow "which is". */
export type Standing =
  | { kind: 'first'; text: string }
  | { kind: 'better' | 'worse' | 'withinNoise'; trial: number; isSpreadKnown: boolean; text: string };

const number = String.raw`-?\d+(?:\.\d+)?(?:e[+-]?\d+)?`;
const measurement = new RegExp(`^(${number})(?: ± (${number}))? \\((\\d+) seeds?\\)`);
const difference = String.raw`${number} \((?:${number} standard errors|spread unknown)\)`;
const betterOrWorse = new RegExp(`(better|worse) than trial (\\d+) by (${difference})`);
const withinNoise = new RegExp(`within noise of trial (\\d+)(?:: differs|, differing) by (${difference})`);

/** Null for an outcome that is none, such as "its rehearsal crashed with exit status 1". */
export function readMeasurement(text: string): Measurement | null {
  const match = measurement.exec(text.trim());
  if (match === null) return null;
  const [whole, mean, deviation, seeds] = match;
  return {
    text: whole,
    mean: Number(mean),
    deviation: deviation === undefined ? null : Number(deviation),
    seeds: Number(seeds),
  };
}

/** Finds the comparison in an outcome, or in a finding that repeats it. Null where there is none. */
export function readStanding(text: string): Standing | null {
  const first = /the first measured trial/.exec(text);
  if (first !== null) return { kind: 'first', text: first[0] };
  const noise = withinNoise.exec(text);
  if (noise !== null) {
    const [, trial, size = ''] = noise;
    return {
      ...standing(trial, size),
      kind: 'withinNoise',
      text: `within noise of trial ${trial}, differing by ${size}`,
    };
  }
  const [found, kind, trial, size = ''] = betterOrWorse.exec(text) ?? [];
  if (found === undefined) return null;
  return { ...standing(trial, size), kind: kind === 'better' ? 'better' : 'worse', text: found };
}

function standing(trial: string | undefined, size: string): { trial: number; isSpreadKnown: boolean } {
  return { trial: Number(trial), isSpreadKnown: !size.includes('spread unknown') };
}
