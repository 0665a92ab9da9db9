import type { Metric } from '../../../workflows/schema/metric.ts';
import { isBetter } from '../../../workflows/domain/metric.ts';
import type { Sections } from './read-prompt.ts';
import { readMeasurement, readStanding, type Measurement, type Standing } from './read-measurement.ts';

/** One entry of the section `earlier trials`. */
export interface EarlierTrial {
  number: number;
  title: string;
  /** The outcome in the entry's own words. */
  outcome: string;
  measurement: Measurement | null;
  finding: string;
  standing: Standing | null;
  verdict: string;
  reason: string;
  intention: string;
  log: string;
}

export type MeasuredTrial = EarlierTrial & { measurement: Measurement };

/** Oldest first; none where the section is left out. */
export function readTrials(sections: Sections): EarlierTrial[] {
  const text = sections.get('earlier trials') ?? '';
  const headings = [...text.matchAll(/^## Trial (\d+): (.*)$/gm)];
  return headings.map((heading, index) => {
    const entry = text.slice(heading.index, headings[index + 1]?.index);
    const [, number, title = ''] = heading;
    return { number: Number(number), title: title.trim(), ...readEntry(entry) };
  });
}

function readEntry(entry: string): Omit<EarlierTrial, 'number' | 'title'> {
  const labelled = [...entry.matchAll(/^\*\*([^*\n]+)\*\*: (.*)$/gm)];
  const textOf = (label: string): string => labelled.find(([, name]) => name === label)?.[2]?.trim() ?? '';
  // The outcome is labelled with the metric's name and comes before the finding.
  const outcome = labelled[0]?.[2]?.trim() ?? '';
  const [verdict = '', ...reason] = textOf('Verdict').split(', ');
  const finding = textOf('Finding');
  return {
    outcome,
    measurement: readMeasurement(outcome),
    finding,
    standing: readStanding(finding),
    verdict,
    reason: reason.join(', '),
    intention: partOf(entry, 'Intention'),
    log: partOf(entry, 'Log'),
  };
}

function partOf(entry: string, heading: string): string {
  const [, after = ''] = entry.split(`\n### ${heading}\n`);
  return (after.split('\n### ')[0] ?? '').trim();
}

export function isMeasured(trial: EarlierTrial): trial is MeasuredTrial {
  return trial.measurement !== null;
}

export function bestOf(trials: readonly EarlierTrial[], metric: Metric): MeasuredTrial | null {
  let best: MeasuredTrial | null = null;
  for (const trial of trials.filter(isMeasured)) {
    if (best === null || isBetter(metric, trial.measurement.mean, best.measurement.mean)) best = trial;
  }
  return best;
}
