import { z } from 'zod';
import {
  modelNamesIn,
  splitModelName,
  unknownProvider,
  type ConfiguredProvider,
  type ModelSettings,
} from '../activities/language-model/model-catalogue.ts';
import type { Provider } from '../activities/language-model/provider.ts';
import {
  builtInProviders,
  isOpenaiItself,
  openaiAt,
  serverOfUnknownKind,
} from '../activities/language-model/providers.ts';
import { modelNameSchema, modelRoleSchema, type ModelChoice, type Models } from '../workflows/schema/models.ts';
import { problemsOf } from '../workflows/schema/problems.ts';
import { baseUrlSchema, readModelsFile, type ModelsFile, type ProviderFields } from './models-file.ts';
import { optionalVariable } from './optional-variable.ts';

const roleVariables = {
  planner: 'LONGRUN_PLANNER_MODEL',
  coder: 'LONGRUN_CODER_MODEL',
  analyst: 'LONGRUN_ANALYST_MODEL',
  reporter: 'LONGRUN_REPORTER_MODEL',
} as const;

/** Every variable that decides which models are asked and where, beside those with keys. */
export const modelVariables = [
  'LONGRUN_MODELS_FILE',
  'LONGRUN_MODEL',
  ...Object.values(roleVariables),
  'OPENAI_BASE_URL',
] as const;

const mostModels = 6;

/** One model, or several separated by commas: the first one and those that stand in for it. */
const modelsVariable = optionalVariable(
  z
    .string()
    .transform((text) => text.split(',').map((name) => name.trim()))
    .refine(
      (names) => names.length <= mostModels && names.every((name) => modelNameSchema.safeParse(name).success),
      `must be provider/model, such as anthropic/claude-sonnet-4-5, or up to ${mostModels} of them separated by commas`,
    )
    .transform(([model = '', ...fallbacks]): ModelChoice => (fallbacks.length === 0 ? model : { model, fallbacks })),
);

const environmentSchema = z.object({
  LONGRUN_MODEL: modelsVariable,
  LONGRUN_PLANNER_MODEL: modelsVariable,
  LONGRUN_CODER_MODEL: modelsVariable,
  LONGRUN_ANALYST_MODEL: modelsVariable,
  LONGRUN_REPORTER_MODEL: modelsVariable,
  OPENAI_BASE_URL: optionalVariable(baseUrlSchema),
});

type Variables = z.output<typeof environmentSchema>;

/** Only for OpenAI's own address; any other server has names of its own. */
const openaiDefaultModel = 'openai/gpt-4.1';

/**
 * Which language models there are and which of them plays a role, from the environment and the file that it names.
 * Settings are null where there are problems, each of which names its variable or its place in the file.
 */
export function readLanguageModelSettings(
  environment: NodeJS.ProcessEnv,
): { settings: ModelSettings; problems: [] } | { settings: null; problems: string[] } {
  const parsed = environmentSchema.safeParse(environment);
  const fileName = environment['LONGRUN_MODELS_FILE'] ?? '';
  const { content: file, problems: slips } = fileName === '' ? emptyFile : readModelsFile(fileName);
  const variableProblems = parsed.success ? [] : problemsOf(parsed.error, 'environment');
  if (!parsed.success || file === null) return { settings: null, problems: [...variableProblems, ...slips] };

  const providers = configuredProviders(file, parsed.data.OPENAI_BASE_URL, environment);
  const problems = [
    ...keyProblems(providers),
    ...providerProblems({ variables: parsed.data, file, fileName }, providers),
  ];
  if (problems.length > 0) return { settings: null, problems };
  return {
    settings: { providers, models: chooseModels(parsed.data, file, providers), prices: file.prices },
    problems: [],
  };
}

const emptyFile: ReturnType<typeof readModelsFile> = {
  content: { providers: {}, models: {}, prices: null },
  problems: [],
};

/** The built-in providers as the file changes them, and those that it adds. */
function configuredProviders(
  { providers: fields }: ModelsFile,
  openaiBaseUrl: string | undefined,
  environment: NodeJS.ProcessEnv,
): ConfiguredProvider[] {
  const openaiUrl = openaiBaseUrl ?? fields['openai']?.baseUrl;
  const known = builtInProviders.map((provider) => {
    const isElsewhere = provider.name === 'openai' && openaiUrl !== undefined;
    const { baseUrl = provider.baseUrl, ...others } = fields[provider.name] ?? {};
    return isElsewhere ? overridden(openaiAt(openaiUrl), others) : overridden({ ...provider, baseUrl }, others);
  });
  const added = Object.entries(fields)
    .filter(([name]) => !builtInProviders.some((each) => each.name === name))
    .map(([name, { baseUrl = '', ...others }]) => overridden(serverOfUnknownKind(name, baseUrl), others));
  return [...known, ...added].map((provider) => ({ provider, apiKey: keyOf(provider, environment) }));
}

/** Who names a variable for a key has one. */
function overridden(provider: Provider, { keyVariable, timeouts, ...fields }: ProviderFields): Provider {
  const named = keyVariable == null ? null : { variable: keyVariable, isRequired: true };
  return {
    ...provider,
    ...fields,
    key: keyVariable === undefined ? provider.key : named,
    timeouts: { ...provider.timeouts, ...timeouts },
  };
}

function keyOf({ key }: Provider, environment: NodeJS.ProcessEnv): string | null {
  const value = key === null ? '' : (environment[key.variable] ?? '');
  return value === '' ? null : value;
}

/** Such a key cannot be sent, and would fail each call without saying why. */
function keyProblems(providers: ConfiguredProvider[]): string[] {
  return providers.flatMap(({ provider: { key }, apiKey }) =>
    key === null || apiKey === null || /^[\x21-\x7e]+$/.test(apiKey)
      ? []
      : [`${key.variable}: must be a key without blanks and line ends`],
  );
}

interface Named {
  variables: Variables;
  file: ModelsFile;
  fileName: string;
}

/** Each model and price of a provider that does not exist, with its place. */
function providerProblems({ variables, file, fileName }: Named, providers: ConfiguredProvider[]): string[] {
  const places: (readonly [place: string, choice: ModelChoice | undefined])[] = [
    ...(['LONGRUN_MODEL', ...Object.values(roleVariables)] as const).map((name) => [name, variables[name]] as const),
    ...modelRoleSchema.options.map((role) => [`${fileName}: models.${role}`, file.models[role]] as const),
    ...Object.keys(file.prices?.models ?? {}).map((name) => [`${fileName}: prices.models.${name}`, name] as const),
  ];
  return places.flatMap(([place, choice]) =>
    (choice === undefined ? [] : modelNamesIn(choice))
      .filter((name) => !providers.some(({ provider }) => provider.name === splitModelName(name).provider))
      .map((name) => `${place}: ${unknownProvider(name, providers)}`),
  );
}

/** The variable of a role goes before the file, and the file before the variable for all. */
function chooseModels(variables: Variables, file: ModelsFile, providers: ConfiguredProvider[]): Models {
  const openai = providers.find(({ provider }) => provider.name === 'openai');
  const hasOpenai = openai !== undefined && openai.apiKey !== null && isOpenaiItself(openai.provider);
  const forAll = variables.LONGRUN_MODEL ?? (hasOpenai ? openaiDefaultModel : undefined);
  const choices = modelRoleSchema.options.map(
    (role) => [role, variables[roleVariables[role]] ?? file.models[role] ?? forAll] as const,
  );
  return Object.fromEntries(choices.filter(([, choice]) => choice !== undefined));
}
