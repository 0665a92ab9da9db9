import type { ModelRole, Models } from '../workflows/schema/experiment-input.ts';
import type { ArtifactStore } from './adapters/artifact-store.ts';
import type { LanguageModel } from './adapters/language-model.ts';
import type { PromptLibrary } from './adapters/prompt-library.ts';
import type { Host } from './adapters/host.ts';

/** What the activities of each queue need; the worker builds it once. */
export interface ExperimentDependencies {
  artifacts: ArtifactStore;
}

export interface LanguageModelDependencies {
  artifacts: ArtifactStore;
  languageModel: LanguageModel;
  prompts: PromptLibrary;
  /** The model that plays a role; throws `LanguageModel.NotConfigured` when nobody chose one. */
  modelFor(role: ModelRole, models: Models): string;
}

export interface HostDependencies {
  artifacts: ArtifactStore;
  host: Host;
}
