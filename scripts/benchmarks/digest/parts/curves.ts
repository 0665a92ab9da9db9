import type { Random } from '../random.ts';

/** A loss on its way from one value to another, with noise in proportion to it. */
export function falling(progress: number, { from, to }: { from: number; to: number }, random: Random): number {
  const mean = to + (from - to) * Math.exp(-5 * progress);
  return Math.max(to * 0.2, mean * (1 + 0.04 * random.normal()));
}

/** An accuracy on its way up, at most a twentieth above its limit. */
export function rising(progress: number, { from, to }: { from: number; to: number }, random: Random): number {
  const mean = to - (to - from) * Math.exp(-4 * progress);
  return Math.min(to * 1.05, mean * (1 + 0.015 * random.normal()));
}

/** Warm-up over a twentieth, then half a cosine down to a tenth. */
export function scheduledRate(progress: number, peak: number): number {
  const done = Math.min(1, progress);
  if (done < 0.05) return peak * (0.02 + (0.98 * done) / 0.05);
  return peak * (0.1 + 0.45 * (1 + Math.cos(Math.PI * done)));
}

/** As Python's `str` and `repr` print a small number: an exponent below 1e-4. */
export function pythonFloat(value: number, significant = 17): string {
  const shortest = String(Number(value.toPrecision(significant)));
  const exponent = value === 0 ? 0 : Math.floor(Math.log10(Math.abs(value)));
  if (exponent < -4) {
    const [mantissa = '', power = '0'] = Number(value.toPrecision(significant)).toExponential().split('e');
    return `${mantissa}e${power.startsWith('-') ? '-' : '+'}${power.replace(/^[-+]/, '').padStart(2, '0')}`;
  }
  return Number.isInteger(Number(shortest)) ? `${shortest}.0` : shortest;
}

/** As `%.3e` prints it: two digits of exponent at least. */
export function exponential(value: number, digits: number): string {
  const [mantissa = '', power = '+0'] = value.toExponential(digits).split('e');
  return `${mantissa}e${power.startsWith('-') ? '-' : '+'}${power.replace(/^[-+]/, '').padStart(2, '0')}`;
}
