import { parse } from 'yaml';
import { z } from 'zod';
import { experimentIdSchema, experimentInputSchema } from '../../workflows/schema/experiment-input.ts';
import { problemsOf } from '../../workflows/schema/problems.ts';
import type { GivenSettings } from './merge-settings.ts';

/** Settings of one file, and what is wrong with them: then they are not to be used. */
export interface ReadSettings {
  settings: GivenSettings;
  /** Each begins with the file and the place in it. */
  problems: string[];
}

const { idea: _idea, ...shape } = experimentInputSchema.shape;
const settingsSchema = z.strictObject({ id: experimentIdSchema.optional(), ...shape });

/** The names that a file of settings may have. */
export const settingNames = Object.keys(settingsSchema.shape);

/** `file` is what the problems call it. JSON is read as such: YAML knows no tabs. */
export function readSettings(file: string, text: string, format: 'yaml' | 'json'): ReadSettings {
  let value: unknown;
  try {
    value = format === 'json' ? JSON.parse(text) : parse(text);
  } catch (error) {
    return { settings: {}, problems: [`${file}: is no ${format.toUpperCase()}: ${firstLine(error)}`] };
  }
  const parsed = settingsSchema.safeParse(value ?? {});
  if (parsed.success) return { settings: (value ?? {}) as GivenSettings, problems: [] };
  const problems = problemsOf(parsed.error, 'all of it').map((problem) => `${file}: ${problem}`);
  return { settings: {}, problems };
}

/** YAML shows the lines around the place after it has named it. */
function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return (message.split('\n')[0] ?? '').replace(/:$/, '');
}
