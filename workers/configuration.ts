import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { WebhookSettings } from '../activities/adapters/webhook.ts';
import type { ModelSettings } from '../activities/language-model/model-catalogue.ts';
import { problemsOf } from '../workflows/schema/problems.ts';
import { readLanguageModelSettings } from './language-model-settings.ts';
import { optionalVariable } from './optional-variable.ts';
import { webhookSettings, webhookVariables } from './webhook-settings.ts';

export const repositoryFolder = fileURLToPath(new URL('..', import.meta.url));

const text = optionalVariable(z.string());

function positiveNumber(least: number, most: number) {
  const problem = `must be a number from ${least} to ${most}`;
  return optionalVariable(z.coerce.number(problem).min(least, problem).max(most, problem));
}

const environmentSchema = z.object({
  LONGRUN_HOME: text.refine((value) => !value?.startsWith('s3://'), 'must be a folder'),
  LONGRUN_STATE: text,
  LONGRUN_PYTHON: text,
  LONGRUN_SLOTS: optionalVariable(z.coerce.number('must be a whole number, 1 or more').int().min(1)),
  LONGRUN_SANDBOX: optionalVariable(z.enum(['auto', 'bwrap', 'off'], 'must be auto, bwrap or off')),
  LONGRUN_BWRAP: text,
  LONGRUN_HOST_LOSS_MINUTES: positiveNumber(1, 10_080),
  LONGRUN_ORPHAN_HOURS: positiveNumber(0.1, 720),
  XDG_STATE_HOME: text,
  ...webhookVariables,
});

/** All that Longrun reads from its environment, except the connection to Temporal, which the SDK reads. */
export interface Configuration {
  artifactRoot: string;
  stateFolder: string;
  /** The interpreter of trainings; null: the managed one. */
  python: string | null;
  slots: number | null;
  /** `auto` and `bwrap` both refuse trainings where there is no sandbox; `off` has to be said. */
  sandbox: { mode: 'auto' | 'bwrap' | 'off'; bubblewrap: string | null };
  /** After how long a silent training host is given up and its work begins elsewhere; null: it is waited for. */
  hostLossMinutes: number | null;
  /** How long a training goes on that no worker has looked at. */
  orphanHours: number;
  /** Which language models there are, with their keys, and which of them plays a role. */
  languageModels: ModelSettings;
  /** Who is told of what happens to experiments; null: nobody. */
  webhook: WebhookSettings | null;
}

/** Throws an Error whose message names each wrong variable, and each slip in the file of LONGRUN_MODELS_FILE. */
export function readConfiguration(environment: NodeJS.ProcessEnv): Configuration {
  const parsed = environmentSchema.safeParse(environment);
  const languageModels = readLanguageModelSettings(environment);
  const webhook = webhookSettings(parsed.data ?? {});
  const problems = [
    ...(parsed.success ? webhook.problems : problemsOf(parsed.error, 'environment')),
    ...languageModels.problems,
  ];
  if (!parsed.success || languageModels.settings === null || problems.length > 0) {
    throw new Error(`The configuration is not valid: ${problems.join('; ')}.`);
  }
  const { LONGRUN_HOME, LONGRUN_STATE, LONGRUN_PYTHON, LONGRUN_SLOTS, XDG_STATE_HOME, ...variables } = parsed.data;
  const stateHome = XDG_STATE_HOME ?? join(homedir(), '.local', 'state');
  return {
    artifactRoot: resolve(LONGRUN_HOME ?? join(repositoryFolder, 'experiments')),
    stateFolder: resolve(LONGRUN_STATE ?? join(stateHome, 'longrun')),
    python: LONGRUN_PYTHON ?? null,
    slots: LONGRUN_SLOTS ?? null,
    sandbox: { mode: variables.LONGRUN_SANDBOX ?? 'auto', bubblewrap: variables.LONGRUN_BWRAP ?? null },
    hostLossMinutes: variables.LONGRUN_HOST_LOSS_MINUTES ?? null,
    orphanHours: variables.LONGRUN_ORPHAN_HOURS ?? 24,
    languageModels: languageModels.settings,
    webhook: webhook.settings,
  };
}
