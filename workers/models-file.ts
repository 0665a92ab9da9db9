import { readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { outputRungs } from '../activities/language-model/output-rung.ts';
import { builtInProviders } from '../activities/language-model/providers.ts';
import { modelParametersSchema, modelsSchema } from '../workflows/schema/models.ts';
import { problemsOf } from '../workflows/schema/problems.ts';
import { isSeenByEveryWorker } from './worker-environment.ts';

/** The address of a compatible server, without a password: keys have variables of their own, which the redactor knows. */
export const baseUrlSchema = z
  .string('must be a URL, such as http://127.0.0.1:11434/v1')
  .refine((text) => /^https?:\/\//.test(text) && URL.canParse(text), 'must be a URL, such as http://127.0.0.1:11434/v1')
  .refine(
    (text) => !/^https?:\/\/[^/]*@/.test(text),
    'must have no user and password: keys have variables of their own',
  )
  .refine((text) => !/\/chat\/completions\/?$/.test(text), 'must end before /chat/completions')
  .transform((text) => text.replace(/\/+$/, ''));

const keyVariableSchema = z
  .string('must be the name of an environment variable, or null')
  .regex(/^[A-Z][A-Z0-9_]{0,99}$/, 'must be the name of an environment variable, such as MY_SERVER_API_KEY')
  .refine((name) => !isSeenByEveryWorker(name), 'must be a variable that only the llm worker sees, such as MY_API_KEY');

/** An activity of the `llm` worker may take an hour, with time to spare for what else it does. */
const mostSeconds = 3000;
const secondsProblem = `must be a number of seconds from 1 to ${mostSeconds}`;
const seconds = z.number(secondsProblem).min(1, secondsProblem).max(mostSeconds, secondsProblem).exactOptional();

const providerSchema = z.strictObject({
  baseUrl: baseUrlSchema.exactOptional(),
  keyVariable: keyVariableSchema.nullable().exactOptional(),
  firstRung: z.enum(outputRungs, `must be one of ${outputRungs.join(', ')}`).exactOptional(),
  outputTokensName: z
    .enum(['max_tokens', 'max_completion_tokens'], 'must be max_tokens or max_completion_tokens')
    .exactOptional(),
  mayCutPrompts: z.boolean('must be true or false').exactOptional(),
  reportsCost: z.boolean('must be true or false').exactOptional(),
  contextTokens: modelParametersSchema.shape.contextTokens.unwrap().exactOptional(),
  timeouts: z.strictObject({ firstTokenSeconds: seconds, idleSeconds: seconds, totalSeconds: seconds }).exactOptional(),
});

/** What is said of a mapping whose names are wrong, or that is none. */
function mappingBy(names: string) {
  return {
    error: ({ code }: { code?: string }) =>
      code === 'invalid_key' ? `is no name: it must be ${names}` : `must be a mapping by ${names}`,
  };
}

const providersSchema = z
  .record(
    z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/),
    providerSchema,
    mappingBy('letters, digits or . _ - (64 at most)'),
  )
  .superRefine((providers, context) => {
    for (const [name, { baseUrl }] of Object.entries(providers)) {
      if (baseUrl !== undefined || builtInProviders.some((each) => each.name === name)) continue;
      const message = `is missing, since ${name} is none of the providers that Longrun knows`;
      context.addIssue({ code: 'custom', path: [name, 'baseUrl'], message });
    }
  });

const dollars = z.number('must be a number of US dollars for a million tokens').nonnegative('must not be negative');

const pricesSchema = z.strictObject({
  date: z.iso.date('must be the day of these prices, such as 2026-01-31'),
  models: z.record(
    z.string().regex(/^[^\s/]+\/\S*[^\s/]$/),
    z.strictObject({ input: dollars, output: dollars }),
    mappingBy('provider/model'),
  ),
});

const modelsFileSchema = z.strictObject({
  providers: providersSchema.prefault({}),
  models: modelsSchema.prefault({}),
  prices: pricesSchema.nullable().default(null),
});

export type ModelsFile = z.output<typeof modelsFileSchema>;
export type ProviderFields = z.output<typeof providerSchema>;

/**
 * Reads the file that LONGRUN_MODELS_FILE names. Where it cannot be used the file is null, and there is a problem for
 * each slip, which begins with the file's name. Values are never repeated: one of them may be a key in a wrong place.
 */
export function readModelsFile(file: string): { content: ModelsFile | null; problems: string[] } {
  const refuse = (problems: string[]) => ({
    content: null,
    problems: problems.map((problem) => `${file}: ${problem}`),
  });
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    return refuse([`cannot be read (${code}): LONGRUN_MODELS_FILE must name a YAML file`]);
  }
  const document = parseDocument(text);
  const slips = document.errors.map(({ code, linePos }) => `line ${linePos?.[0].line ?? '?'} is no YAML (${code})`);
  if (slips.length > 0) return refuse(slips);
  let value: unknown;
  try {
    value = document.toJS() ?? {};
  } catch {
    return refuse(['has an alias (*) that cannot be followed']);
  }
  const parsed = modelsFileSchema.safeParse(value);
  return parsed.success ? { content: parsed.data, problems: [] } : refuse(problemsOf(parsed.error, 'file'));
}
