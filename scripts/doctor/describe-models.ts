import {
  modelNamesIn,
  nameRoles,
  splitModelName,
  type ConfiguredProvider,
  type ModelSettings,
} from '../../activities/language-model/model-catalogue.ts';
import type { Provider } from '../../activities/language-model/provider.ts';
import { modelRoleSchema, type ModelChoice, type ModelRole } from '../../workflows/schema/models.ts';

/** One line for people: who plays which role, where, with a key or without; roles that share it are named together. */
export function describeModels({ providers, models, prices }: ModelSettings): string {
  const rolesByPlayer = new Map<string, ModelRole[]>();
  for (const role of modelRoleSchema.options) {
    const player = describeChoice(models[role], providers);
    rolesByPlayer.set(player, [...(rolesByPlayer.get(player) ?? []), role]);
  }
  const lines = [...rolesByPlayer].map(([player, roles]) => `${nameRoles(roles)}: ${player}`);
  const known = prices === null ? [] : [`prices of ${prices.date} for ${Object.keys(prices.models).length} models`];
  return [...lines, ...known].join('; ');
}

function describeChoice(choice: ModelChoice | undefined, providers: readonly ConfiguredProvider[]): string {
  if (choice === undefined) return 'none';
  const described = modelNamesIn(choice).map((name) => {
    const { provider: providerName, model } = splitModelName(name);
    const configured = providers.find(({ provider }) => provider.name === providerName);
    return configured === undefined ? name : `${model} at ${describeProvider(configured)}`;
  });
  return described.join(', else ');
}

function describeProvider({ provider, apiKey }: ConfiguredProvider): string {
  return `${provider.name} (${new URL(provider.baseUrl).host}, ${describeKey(provider, apiKey)})`;
}

function describeKey({ key }: Provider, apiKey: string | null): string {
  if (key !== null && apiKey !== null) return `${key.variable} is set`;
  return key?.isRequired === true ? `${key.variable} is not set` : 'no key';
}
