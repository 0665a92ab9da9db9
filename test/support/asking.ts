import assert from 'node:assert/strict';
import { join } from 'node:path';
import { ApplicationFailure } from '@temporalio/common';
import { askLanguageModel, type Answered, type Call } from '../../activities/ask-language-model.ts';
import type { ModelSettings } from '../../activities/language-model/model-catalogue.ts';
import { anActivityEnvironment, runIn } from './activity-environment.ts';
import { aRound } from './builders.ts';
import { folderContent } from './folder-content.ts';
import { languageModelDependencies, localModels } from './language-model-dependencies.ts';
import type { ScriptedLanguageModel } from './scripted-language-model.ts';

/** Asks for the summary of a log. */
export function aCall(overrides: Partial<Call> = {}): Call {
  return {
    ...aRound(),
    experimentId: 'digits',
    owner: 'trial-007',
    prompt: 'summarize-log',
    inputs: { metric: 'val_error', 'digest of the logs': 'step 1' },
    output: null,
    ...overrides,
  };
}

export function aFailure(type: string, details: unknown[] = []): ApplicationFailure {
  return ApplicationFailure.create({ type, message: 'It failed.', details });
}

export function textOf(answered: Answered): string {
  return answered.kind === 'complete' ? answered.text : assert.fail(`the answer is ${answered.kind}`);
}

export interface Surroundings {
  environment?: ReturnType<typeof anActivityEnvironment>;
  settings?: ModelSettings;
}

/** Attempts of calls, each of which finds the files and the memory that those before it have left. */
export function asking(root: () => string) {
  const ask = async (
    languageModel: ScriptedLanguageModel,
    call: Call = aCall(),
    { environment = anActivityEnvironment(), settings = localModels() }: Surroundings = {},
  ): Promise<Answered> => {
    const dependencies = languageModelDependencies(root(), languageModel, settings);
    return await runIn(environment, () => askLanguageModel(dependencies, call));
  };
  const filesOf = async () => await folderContent(join(root(), 'artifacts', 'digits', 'llm'));
  return { ask, filesOf };
}
