import type { z } from 'zod';
import type { ExperimentSettings, experimentInputSchema } from '../../workflows/schema/experiment-input.ts';
import type { ForkSource } from './find-source.ts';

export interface InheritedSettings {
  settings: ExperimentSettings;
  /** What cannot be begun so; each begins with the setting that it is about. */
  problems: string[];
}

/**
 * The settings of the source, with everything that the new input gives in their place: of budget and models each part by
 * itself. `given` is what was typed, `parsed` the same with every default.
 */
export function inheritSettings(
  { experiment, trial, settings, data, point }: ForkSource,
  given: object,
  parsed: z.output<typeof experimentInputSchema>,
): InheritedSettings {
  const { idea: _idea, data: _data, fork: _fork, ...changed } = onlyGiven(parsed, given);
  const budget = { ...settings.budget, ...onlyGiven(parsed.budget, 'budget' in given ? given.budget : {}) };
  const models = { ...settings.models, ...parsed.models };
  const problems: string[] = [];
  if (budget.trials <= trial && budget.whenSpent === 'finish') {
    problems.push(`budget.trials: is ${budget.trials}, and ${trial} of them are inherited: give more`);
  }
  if (data === undefined && !('data' in given)) {
    problems.push(`data: ${experiment} is from before its data sets were kept: give them again`);
  }
  const { metric } = parsed;
  if (metric !== undefined && (metric.name !== point.metric.name || metric.direction !== point.metric.direction)) {
    const { name, direction } = point.metric;
    problems.push(
      `metric: the trials of ${experiment} measured ${name} (${direction}): only its target can be another`,
    );
  }
  return { settings: { ...settings, ...changed, budget, models }, problems };
}

/** Without what the schema has filled in. */
function onlyGiven<T extends object>(parsed: T, given: unknown): Partial<T> {
  const names = Object.keys(given ?? {});
  return Object.fromEntries(Object.entries(parsed).filter(([name]) => names.includes(name))) as Partial<T>;
}
