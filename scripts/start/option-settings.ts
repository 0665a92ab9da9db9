import type { GivenSettings } from './merge-settings.ts';

/** The options of a command that are settings of an experiment. */
export interface SettingOptions {
  id?: string;
  title?: string;
  metric?: string;
  direction?: string;
  target?: number;
  trials?: number;
  hours?: number;
  gpuHours?: number;
  tokens?: number;
  usd?: number;
  calls?: number;
  whenSpent?: string;
  seeds?: number;
  model?: string;
}

/** Only what was given; the rest is for the workflow to fill in. */
export function optionSettings(options: SettingOptions): GivenSettings {
  const { id, title, metric, direction, target, seeds, model } = options;
  const { trials, hours, gpuHours, tokens, usd, calls, whenSpent } = options;
  return given({
    id,
    title,
    metric: unlessEmpty(given({ name: metric, direction, target })),
    budget: unlessEmpty(given({ trials, hours, gpuHours, tokens, usd, calls, whenSpent })),
    models: model === undefined ? undefined : { planner: model, coder: model, analyst: model, reporter: model },
    seeds,
  });
}

function given(fields: GivenSettings): GivenSettings {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function unlessEmpty(fields: GivenSettings): GivenSettings | undefined {
  return Object.keys(fields).length === 0 ? undefined : fields;
}
