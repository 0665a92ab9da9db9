import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LanguageModelDependencies } from '../../activities/dependencies.ts';
import { localArtifactStore } from '../../activities/adapters/local-artifact-store.ts';
import { endpointMemory } from '../../activities/language-model/endpoint-memory.ts';
import type { LanguageModel } from '../../activities/language-model/language-model.ts';
import { createModelCatalogue, type ModelSettings } from '../../activities/language-model/model-catalogue.ts';
import { loadPrompts } from '../../activities/language-model/prompt-library.ts';
import { serverOfUnknownKind } from '../../activities/language-model/providers.ts';
import { createRedactor } from '../../activities/language-model/redactor.ts';

export const plantedSecret = 'planted-secret-0123456789';

export const prompts = loadPrompts(fileURLToPath(new URL('../../prompts', import.meta.url)));

/** One provider `local` without a key, whose `default` plays every role. */
export function localModels(baseUrl = 'http://127.0.0.1:9/v1', overrides: Partial<ModelSettings> = {}): ModelSettings {
  const choice = 'local/default';
  return {
    providers: [{ provider: serverOfUnknownKind('local', baseUrl), apiKey: null }],
    models: { planner: choice, coder: choice, analyst: choice, reporter: choice },
    prices: null,
    ...overrides,
  };
}

/** What the activities of the `llm` worker need, in a folder of its own. */
export function languageModelDependencies(
  root: string,
  languageModel: LanguageModel,
  settings: ModelSettings = localModels(),
): LanguageModelDependencies {
  return {
    artifacts: localArtifactStore(join(root, 'artifacts')),
    prompts,
    languageModel,
    models: createModelCatalogue(settings),
    memory: endpointMemory(join(root, 'language-models.json')),
    redactor: createRedactor([plantedSecret]),
  };
}
