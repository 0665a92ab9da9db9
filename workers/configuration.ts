import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { problemsOf } from '../workflows/schema/problems.ts';

export const repositoryFolder = fileURLToPath(new URL('..', import.meta.url));

/** An empty variable is one that is not set: compose files and shells leave such behind. */
const text = z.preprocess((value) => (value === '' ? undefined : value), z.string().optional());

function positiveNumber(least: number, most: number) {
  const problem = `must be a number from ${least} to ${most}`;
  return z.preprocess(
    (value) => (value === '' ? undefined : value),
    z.coerce.number(problem).min(least, problem).max(most, problem).optional(),
  );
}

const environmentSchema = z.object({
  LONGRUN_HOME: text.refine((value) => !value?.startsWith('s3://'), 'must be a folder'),
  LONGRUN_STATE: text,
  LONGRUN_PYTHON: text,
  LONGRUN_SLOTS: z.preprocess(
    (value) => (value === '' ? undefined : value),
    z.coerce.number('must be a whole number, 1 or more').int().min(1).optional(),
  ),
  LONGRUN_SANDBOX: z.preprocess(
    (value) => (value === '' ? undefined : value),
    z.enum(['auto', 'bwrap', 'off'], 'must be auto, bwrap or off').default('auto'),
  ),
  LONGRUN_BWRAP: text,
  LONGRUN_HOST_LOSS_MINUTES: positiveNumber(1, 10_080),
  LONGRUN_ORPHAN_HOURS: positiveNumber(0.1, 720),
  LONGRUN_MODEL: text,
  OPENAI_API_KEY: text,
  OPENAI_BASE_URL: text.refine(
    (value) => value === undefined || (/^https?:\/\//.test(value) && URL.canParse(value)),
    'must be a URL, such as http://127.0.0.1:11434/v1',
  ),
  XDG_STATE_HOME: text,
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
  /** The model for every role that an experiment leaves open. */
  defaultModel: string | null;
  /** Null when neither variable is set: then there is no model to ask. */
  endpoint: { baseUrl: string; apiKey: string | null } | null;
}

const openaiBaseUrl = 'https://api.openai.com/v1';
/** Only for OpenAI's own address; any other server has names of its own. */
const openaiDefaultModel = 'gpt-4.1';

/** Throws an Error whose message names each wrong variable. */
export function readConfiguration(environment: NodeJS.ProcessEnv): Configuration {
  const parsed = environmentSchema.safeParse(environment);
  if (!parsed.success)
    throw new Error(`The environment is not valid: ${problemsOf(parsed.error, 'environment').join('; ')}.`);
  const { LONGRUN_HOME, LONGRUN_STATE, LONGRUN_PYTHON, LONGRUN_SLOTS, LONGRUN_MODEL, ...variables } = parsed.data;
  const { OPENAI_API_KEY: apiKey, OPENAI_BASE_URL: baseUrl, XDG_STATE_HOME } = variables;
  const stateHome = XDG_STATE_HOME ?? join(homedir(), '.local', 'state');
  return {
    artifactRoot: resolve(LONGRUN_HOME ?? join(repositoryFolder, 'experiments')),
    stateFolder: resolve(LONGRUN_STATE ?? join(stateHome, 'longrun')),
    python: LONGRUN_PYTHON ?? null,
    slots: LONGRUN_SLOTS ?? null,
    sandbox: { mode: parsed.data.LONGRUN_SANDBOX, bubblewrap: parsed.data.LONGRUN_BWRAP ?? null },
    hostLossMinutes: parsed.data.LONGRUN_HOST_LOSS_MINUTES ?? null,
    orphanHours: parsed.data.LONGRUN_ORPHAN_HOURS ?? 24,
    defaultModel: LONGRUN_MODEL ?? (baseUrl === undefined ? openaiDefaultModel : null),
    endpoint:
      apiKey === undefined && baseUrl === undefined
        ? null
        : { baseUrl: baseUrl ?? openaiBaseUrl, apiKey: apiKey ?? null },
  };
}

/** Said wherever a model is missing, so that the mend is the same everywhere. */
export const modelNotConfigured =
  'No language model is configured: set OPENAI_API_KEY for OpenAI, or OPENAI_BASE_URL (with LONGRUN_MODEL) for any compatible server, and start the workers again.';
