import { join } from 'node:path';
import { createLanguageModelActivities } from '../activities/index.ts';
import { localArtifactStore } from '../activities/adapters/local-artifact-store.ts';
import { loadPrompts } from '../activities/language-model/prompt-library.ts';
import { taskQueue } from '../workflows/domain/task-queue.ts';
import { endpointMemory } from '../activities/language-model/endpoint-memory.ts';
import { createModelCatalogue } from '../activities/language-model/model-catalogue.ts';
import { openaiLanguageModel } from '../activities/language-model/openai-language-model.ts';
import { repositoryFolder } from './configuration.ts';
import { runWorker } from './run-worker.ts';

/** How many calls one worker has in flight: they wait for somebody else nearly all the time. */
const mostCalls = 50;

/** Every call of a language model. The only process that holds keys, and it never runs generated code. */
await runWorker('llm', async ({ artifactRoot, stateFolder, languageModels }, { redactor }) => {
  return {
    workers: [
      {
        taskQueue: taskQueue.languageModel,
        activities: createLanguageModelActivities({
          artifacts: localArtifactStore(artifactRoot),
          prompts: loadPrompts(join(repositoryFolder, 'prompts')),
          languageModel: openaiLanguageModel(),
          models: createModelCatalogue(languageModels),
          memory: endpointMemory(join(stateFolder, 'language-models.json')),
          redactor,
        }),
        maxConcurrentActivityTaskExecutions: mostCalls,
      },
    ],
  };
});
