import { ApplicationFailure } from '@temporalio/activity';
import { failureType } from '../../workflows/domain/failure-type.ts';
import {
  modelRoleSchema,
  type ModelChoice,
  type ModelParameters,
  type ModelRole,
  type Models,
} from '../../workflows/schema/models.ts';
import type { ModelTarget } from './model-target.ts';
import type { PriceTable } from './price-table.ts';
import type { Provider } from './provider.ts';

/** All that a worker is set to. */
export interface ModelSettings {
  providers: readonly ConfiguredProvider[];
  /** What plays a role that an experiment leaves open. */
  models: Models;
  prices: PriceTable | null;
}

export interface ConfiguredProvider {
  provider: Provider;
  apiKey: string | null;
}

export interface ModelDemands {
  /** Then a model without a known price is a problem. */
  hasMoneyBudget: boolean;
  /** Those that are looked at. */
  roles: readonly ModelRole[];
}

export interface ModelCatalogue {
  /**
   * The model that plays a role and those that stand in for it, in order. Throws `LanguageModel.NotConfigured` with
   * the mend where one of them cannot be asked.
   */
  targetsFor(role: ModelRole, models: Models): ModelTarget[];
  /** What is in the way of a role's model or of its fallbacks, each thing once. */
  problemsOf(models: Models, demands: ModelDemands): string[];
}

/** An experiment's choice of a model goes before the settings'; a choice is taken whole, with its parameters. */
export function createModelCatalogue(settings: ModelSettings): ModelCatalogue {
  const choiceFor = (role: ModelRole, models: Models) => models[role] ?? settings.models[role];
  return {
    targetsFor(role, models) {
      const choice = choiceFor(role, models);
      const found = locateAll(settings, choice);
      const problems = found.filter((each) => typeof each === 'string');
      if (problems.length > 0) {
        const message = `The ${role} cannot be asked: ${problems.join('; ')}.`;
        throw ApplicationFailure.create({ type: failureType.modelNotConfigured, message });
      }
      const parameters = parametersOf(choice);
      return found.flatMap((each) => (typeof each === 'string' ? [] : { ...each, parameters }));
    },
    problemsOf(models, { hasMoneyBudget, roles }) {
      const rolesByProblem = new Map<string, Set<ModelRole>>();
      for (const role of roles) {
        const found = locateAll(settings, choiceFor(role, models));
        for (const problem of found.flatMap((each) => problemIn(each, hasMoneyBudget))) {
          rolesByProblem.set(problem, (rolesByProblem.get(problem) ?? new Set()).add(role));
        }
      }
      return [...rolesByProblem].map(([problem, sharers]) => `${nameRoles([...sharers])}: ${problem}`);
    },
  };
}

/** A model, or what is in the way of it. */
type Found = Omit<ModelTarget, 'parameters'> | string;

const nothingChosen =
  'no language model is configured: set LONGRUN_MODEL to provider/model and the variable with the key of that provider, or OPENAI_API_KEY alone for OpenAI, and start the llm worker again';

function locateAll(settings: ModelSettings, choice: ModelChoice | undefined): Found[] {
  return choice === undefined ? [nothingChosen] : modelNamesIn(choice).map((name) => locate(settings, name));
}

function locate({ providers, prices }: ModelSettings, name: string): Found {
  const { provider: providerName, model } = splitModelName(name);
  const configured = providers.find(({ provider }) => provider.name === providerName);
  if (configured === undefined) return unknownProvider(name, providers);
  const { provider, apiKey } = configured;
  if (apiKey === null && provider.key?.isRequired === true) {
    return `${provider.key.variable} is not set, which ${provider.name} needs: set it and start the llm worker again`;
  }
  const fullName = `${providerName}/${model}`;
  return { name: fullName, model, provider, apiKey, price: prices?.models[fullName] ?? null };
}

/** The first segment is the provider; a name without any belongs to `openai`. */
export function splitModelName(name: string): { provider: string; model: string } {
  const slash = name.indexOf('/');
  return slash < 0
    ? { provider: 'openai', model: name }
    : { provider: name.slice(0, slash), model: name.slice(slash + 1) };
}

export function modelNamesIn(choice: ModelChoice): string[] {
  return typeof choice === 'string' ? [choice] : [choice.model, ...(choice.fallbacks ?? [])];
}

/** Names the known ones. Names of local models have slashes of their own, hence the hint. */
export function unknownProvider(name: string, providers: readonly ConfiguredProvider[]): string {
  const known = providers.map(({ provider }) => provider.name).join(', ');
  return `"${splitModelName(name).provider}" in ${name} is no provider (known: ${known}): write openai/${name} for a model of the server that OPENAI_BASE_URL names`;
}

function problemIn(found: Found, hasMoneyBudget: boolean): string[] {
  if (typeof found === 'string') return [found];
  if (!hasMoneyBudget || found.price !== null || found.provider.reportsCost) return [];
  return [
    `the budget is in US dollars, but nobody knows what ${found.name} costs: add it to prices.models of the file in LONGRUN_MODELS_FILE (0 for what costs nothing), or limit tokens or calls instead`,
  ];
}

function parametersOf(choice: ModelChoice | undefined): ModelParameters {
  if (choice === undefined || typeof choice === 'string') return {};
  const { model: _model, fallbacks: _fallbacks, ...parameters } = choice;
  return parameters;
}

export function nameRoles(roles: ModelRole[]): string {
  return roles.length === modelRoleSchema.options.length ? 'every role' : roles.join(', ');
}
