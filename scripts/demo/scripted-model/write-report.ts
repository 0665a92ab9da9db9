import { meetsTarget } from '../../../workflows/domain/metric.ts';
import type { Metric } from '../../../workflows/schema/metric.ts';
import { rungOfTitle, untriedRungs } from './ladder.ts';
import { readMetric, readTasks, requiredSection, type Sections } from './read-prompt.ts';
import type { Standing } from './read-measurement.ts';
import { bestOf, isMeasured, readTrials, type EarlierTrial, type MeasuredTrial } from './read-trials.ts';
import { joined, listed, uncapitalized, withoutFullStop } from './words.ts';

/** What is true now that was not known before, from the entries of the trials alone. */
export function writeReport(sections: Sections): string {
  const metric = readMetric(requiredSection(sections, 'metric'));
  const conclusion = withoutFullStop(requiredSection(sections, 'conclusion'));
  const trials = readTrials(sections);
  const best = bestOf(trials, metric);
  const withStanding = (kind: Standing['kind']): string[] =>
    trials.filter(({ standing }) => standing?.kind === kind).map(difference);
  return joined([
    answer(metric, best),
    `The experiment ended with ${conclusion}.`,
    part('What it started from', withStanding('first')),
    part('What helped', withStanding('better')),
    part('What made no difference beyond noise', withStanding('withinNoise')),
    part('What did not help', withStanding('worse')),
    part('What failed', trials.flatMap(failures)),
    part('What the numbers cannot say', limits(trials, metric, best)),
    part('What to try next', [...untried(trials, sections), ...confirmations(best)]),
  ]);
}

function answer(metric: Metric, best: MeasuredTrial | null): string {
  if (best === null) return `The idea is not answered: no trial has measured ${metric.name}.`;
  const { title, number, measurement } = best;
  const value = `Trial ${number} (${title}) has the best ${metric.name}: ${measurement.text}.`;
  return `${verdict(metric, measurement.mean)} ${value} ${certainty(best, metric)}`;
}

function verdict(metric: Metric, mean: number): string {
  if (metric.target === undefined) return 'The idea names no target.';
  return meetsTarget(metric, mean)
    ? `The aim is reached: ${metric.name} meets its target of ${metric.target}.`
    : `The aim is not reached: ${metric.name} misses its target of ${metric.target}.`;
}

function certainty({ measurement: { mean, deviation, seeds } }: MeasuredTrial, { target }: Metric): string {
  if (deviation === null) return 'It rests on 1 seed, so its noise is unknown.';
  if (target === undefined) return `It rests on ${seeds} seeds.`;
  const isClear = Math.abs(mean - target) > (2 * deviation) / Math.sqrt(seeds);
  return isClear
    ? `It rests on ${seeds} seeds, and its distance from the target is more than two standard errors of its mean.`
    : `It rests on ${seeds} seeds, and its distance from the target is less than two standard errors of its mean: more seeds could decide otherwise.`;
}

function part(heading: string, items: readonly string[]): string {
  return items.length === 0 ? '' : `### ${heading}\n\n${items.map((item) => `- ${item}`).join('\n')}`;
}

function difference({ number, title, outcome, standing }: EarlierTrial): string {
  const change = rungOfTitle(title)?.change ?? title;
  return `${change} (trial ${number}): ${outcome}, ${standing?.text}.`;
}

/** Trials without a value, and first scripts that had to be mended. */
function failures(trial: EarlierTrial): string[] {
  const { number, title, outcome, finding, intention } = trial;
  if (outcome === 'stopped on request') return [`Trial ${number} (${title}) was stopped on request.`];
  if (!isMeasured(trial)) return [finding === '' ? `Trial ${number} (${title}): ${outcome}.` : finding];
  const mended = /What went wrong: (.*?)\. If the same error/s.exec(intention)?.[1];
  return mended === undefined
    ? []
    : [`An earlier script of trial ${number} (${title}): ${mended}. It was mended, and the trial measured.`];
}

function limits(trials: readonly EarlierTrial[], metric: Metric, best: MeasuredTrial | null): string[] {
  const measured = trials.filter(isMeasured);
  const seeds = [...new Set(measured.map(({ measurement }) => String(measurement.seeds)))];
  const together = measured.flatMap(({ number, title }) => {
    const also = rungOfTitle(title)?.alsoChanged ?? null;
    return also === null ? [] : [`trial ${number} (${also})`];
  });
  const tested = [...(best?.log ?? '').matchAll(/^- `(\S+)` reported .*\btest_error=(\d[\d.e+-]*\d|\d)/gm)];
  const errors = listed(tested.map(([, name, value]) => `${value} (${name})`));
  const notes: [string, boolean][] = [
    [
      `The spread comes from few seeds (${listed(seeds)} for each trial); two standard errors are a yardstick, not a test.`,
      measured.length > 0,
    ],
    [
      `Every choice was made by ${metric.name} on one and the same part of the data, so its best value is flattered.`,
      measured.length > 0,
    ],
    [
      `Several things changed together in ${listed(together)}; what each contributed is not known.`,
      together.length > 0,
    ],
    [`The test error that the best script itself reports is ${errors}; it was used for no choice.`, tested.length > 0],
  ];
  return notes.flatMap(([note, applies]) => (applies ? [note] : []));
}

function untried(trials: readonly EarlierTrial[], sections: Sections): string[] {
  return untriedRungs(trials, readTasks(sections)).map(({ task, hope }) => `${task}: ${uncapitalized(hope)}.`);
}

function confirmations(best: MeasuredTrial | null): string[] {
  if (best === null) return [];
  const again = `Measure trial ${best.number} again with more seeds, and on another split.`;
  const hasSeveralChanges = (rungOfTitle(best.title)?.alsoChanged ?? null) !== null;
  return hasSeveralChanges ? [`Take the changes of trial ${best.number} apart, one at a time.`, again] : [again];
}
