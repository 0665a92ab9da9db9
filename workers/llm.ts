import { join } from 'node:path';
import { createLanguageModelActivities } from '../activities/index.ts';
import { localArtifactStore } from '../activities/adapters/local-artifact-store.ts';
import { loadPrompts } from '../activities/adapters/prompt-library.ts';
import { taskQueue } from '../workflows/domain/task-queue.ts';
import { repositoryFolder } from './configuration.ts';
import { configuredLanguageModel } from './configured-language-model.ts';
import { runWorker } from './run-worker.ts';

/** Every call of a language model. The only process that holds keys, and it never runs generated code. */
await runWorker('llm', async (configuration) => ({
  workers: [
    {
      taskQueue: taskQueue.languageModel,
      activities: createLanguageModelActivities({
        artifacts: localArtifactStore(configuration.artifactRoot),
        prompts: loadPrompts(join(repositoryFolder, 'prompts')),
        ...configuredLanguageModel(configuration),
      }),
      maxConcurrentActivityTaskExecutions: 20,
    },
  ],
}));
