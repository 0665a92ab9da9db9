import type { Context } from '@temporalio/activity';
import type { ArtifactStore } from './adapters/artifact-store.ts';
import type { EndpointMemory } from './language-model/endpoint-memory.ts';
import type { LanguageModel } from './language-model/language-model.ts';
import type { ModelCatalogue } from './language-model/model-catalogue.ts';
import type { PromptLibrary } from './language-model/prompt-library.ts';
import type { Redactor } from './language-model/redactor.ts';
import type { Host } from './adapters/host.ts';
import type { ServerLine } from './adapters/server-line.ts';
import type { SlotLedger } from './adapters/slot-ledger.ts';
import type { Webhook } from './adapters/webhook.ts';

/** What the activities of each queue need; the worker builds it once. */
export interface ExperimentDependencies {
  artifacts: ArtifactStore;
}

export interface OpeningDependencies extends ExperimentDependencies {
  /** Null on an installation with one training host. */
  hostLossMinutes: number | null;
  /** The server takes those that `searchAttribute` names. */
  hasSearchAttributes: boolean;
  hasWebhook: boolean;
}

export interface NotifyingDependencies {
  /** Null where nobody is to be told. */
  webhook: Webhook | null;
}

export interface LanguageModelDependencies {
  artifacts: ArtifactStore;
  languageModel: LanguageModel;
  prompts: PromptLibrary;
  models: ModelCatalogue;
  memory: EndpointMemory;
  redactor: Redactor;
}

export interface HostDependencies {
  artifacts: ArtifactStore;
  host: Host;
}

export interface TrainingDependencies extends HostDependencies {
  slots: Pick<SlotLedger, 'follow'>;
  /** How long a training goes on that has heard from nobody. */
  orphanHours: number;
  openServerLine(context: Context): ServerLine;
}
