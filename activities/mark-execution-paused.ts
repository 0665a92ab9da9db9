import type { ExperimentDependencies } from './dependencies.ts';
import { pauseMarker, type ExecutionName } from './execution-place.ts';

export interface MarkExecutionPausedInput extends ExecutionName {
  isPaused: boolean;
}

const words = 'A person has paused this training. Longrun takes this file away when it goes on.\n';

/**
 * While the marker is there no watcher lets the execution run: one that is cancelled interrupts it instead of stopping
 * it for good, and one that starts begins nothing. Doing it again changes nothing.
 */
export async function markExecutionPaused(
  { artifacts }: ExperimentDependencies,
  { isPaused, experiment, ...execution }: MarkExecutionPausedInput,
): Promise<void> {
  const folder = artifacts.folder(experiment.id);
  if (isPaused) await folder.write(pauseMarker(execution), words);
  else await folder.remove(pauseMarker(execution));
}
