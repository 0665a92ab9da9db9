import { ApplicationFailure } from '@temporalio/activity';
import type { LanguageModelDependencies } from '../activities/dependencies.ts';
import { openaiLanguageModel } from '../activities/adapters/openai-language-model.ts';
import { failureType } from '../workflows/domain/failure-type.ts';
import { modelNotConfigured, type Configuration } from './configuration.ts';

/**
 * The model that the environment names. Without one the worker runs all the same, and an experiment learns at its
 * first question what is missing: a worker that does not start says nothing to anybody.
 */
export function configuredLanguageModel({
  endpoint,
  defaultModel,
}: Configuration): Pick<LanguageModelDependencies, 'languageModel' | 'modelFor'> {
  return {
    languageModel:
      endpoint === null ? { complete: () => Promise.reject(notConfigured()) } : openaiLanguageModel(endpoint),
    modelFor(role, models) {
      const model = models[role] ?? defaultModel;
      if (endpoint === null || model === null) throw notConfigured();
      return model;
    },
  };
}

function notConfigured(): ApplicationFailure {
  return ApplicationFailure.nonRetryable(modelNotConfigured, failureType.modelNotConfigured);
}
