import { addExtension, extendBudget, type BudgetExtension } from '../../workflows/domain/budget.ts';
import type { PersonMessage } from '../../workflows/domain/person-message.ts';
import type { ExperimentSettings, Fork } from '../../workflows/schema/experiment-input.ts';
import type { ArtifactFolder, ArtifactStore } from '../adapters/artifact-store.ts';
import { messagesOfPeople, trialFolder } from '../experiment-files.ts';
import { readRecord, recordPath, type ExperimentRecord } from './experiment-record.ts';
import { readForkPoint, type ForkPoint } from './fork-point.ts';

/** What an experiment can be forked from. */
export interface ForkSource {
  experiment: string;
  trial: number;
  folder: ArtifactFolder;
  /** As they were after that trial, with what people had changed by then. */
  settings: ExperimentSettings;
  /** Undefined where the experiment is from before they were kept. */
  data: ExperimentRecord['data'];
  point: ForkPoint;
}

export type FoundSource = { kind: 'found'; source: ForkSource } | { kind: 'none'; problem: string };

/** Looks for the experiment and the trial that a fork names. A problem begins with the setting that names them. */
export async function findSource(
  artifacts: ArtifactStore,
  { experiment, trial }: Pick<Fork, 'experiment' | 'trial'>,
): Promise<FoundSource> {
  const folder = artifacts.folder(experiment);
  const record = await readRecord(folder);
  if (record === null) {
    const isThere = (await folder.readIfPresent(recordPath)) !== null;
    return none(
      isThere
        ? `fork.experiment: ${folder.localPath(recordPath)} is damaged`
        : `fork.experiment: there is no experiment ${experiment} in ${artifacts.location}`,
    );
  }
  const finished = await countFinishedTrials(folder);
  if (trial > finished) {
    return none(`fork.trial: ${experiment} has no finished trial ${trial}; ${describeFinished(finished)}`);
  }
  const point = await readForkPoint(folder, trial);
  if (point === null) {
    const path = folder.localPath(`${trialFolder(trial)}/state.json`);
    return none(`fork.trial: ${path} is missing, as for trials from before there were forks, or damaged`);
  }
  const said = (await messagesOfPeople(folder, point.messages)).slice(record.forkedFrom?.messages ?? 0);
  const settings = settingsAfter(record.settings, said);
  return { kind: 'found', source: { experiment, trial, folder, settings, data: record.data, point } };
}

function none(problem: string): FoundSource {
  return { kind: 'none', problem };
}

/** Trials finish in their order. */
async function countFinishedTrials(folder: ArtifactFolder): Promise<number> {
  const begun = (await folder.list('trials')).length;
  for (let trial = begun; trial > 0; trial -= 1) {
    if ((await folder.list(trialFolder(trial))).includes('entry.md')) return trial;
  }
  return 0;
}

function describeFinished(trials: number): string {
  if (trials === 0) return 'it has none yet';
  return trials === 1 ? 'it has trial 1' : `it has trials 1 to ${trials}`;
}

function settingsAfter(settings: ExperimentSettings, messages: readonly PersonMessage[]): ExperimentSettings {
  let { models } = settings;
  let extension: BudgetExtension = {};
  for (const message of messages) {
    if (message.kind === 'changeModel') models = { ...models, ...message.models };
    if (message.kind === 'extendBudget') extension = addExtension(extension, message.extension);
  }
  return { ...settings, models, budget: extendBudget(settings.budget, extension) };
}
