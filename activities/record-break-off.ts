import type { ExperimentIdentity } from '../workflows/domain/trial.ts';
import type { ArtifactFolder } from './adapters/artifact-store.ts';
import type { ExperimentDependencies } from './dependencies.ts';
import { trialFolder } from './experiment-files.ts';
import { writeSoFar, type SoFar } from './write-so-far.ts';

export interface RecordBreakOffInput extends SoFar {
  experiment: ExperimentIdentity;
  /** Completes the sentence “The experiment …”. */
  how: string;
}

/**
 * Log and report as they are when an experiment ends without its last report. One that has been published stays. The
 * newest trial may not have been recorded: then it is left out.
 */
export async function recordBreakOff(
  { artifacts }: ExperimentDependencies,
  { how, ...input }: RecordBreakOffInput,
): Promise<void> {
  const folder = artifacts.folder(input.experiment.id);
  if ((await folder.readIfPresent('report.html')) !== null) return;
  const trials = await recordedTrials(folder, input.trials);
  await writeSoFar(folder, { ...input, trials }, { kind: 'brokenOff', how });
}

async function recordedTrials(folder: ArtifactFolder, trials: readonly number[]): Promise<number[]> {
  const entries = await Promise.all(trials.map((trial) => folder.readIfPresent(`${trialFolder(trial)}/entry.md`)));
  return trials.filter((_, index) => entries[index] !== null);
}
