import type { ExecutionLog } from '../../activities/execution-logs/execution-log.ts';
import { findTrials, isRecorded } from '../../activities/execution-logs/find-execution-logs.ts';
import type { OpenedFiles } from './open-experiment-files.ts';

/**
 * Whether no other execution of a trial begins once these have ended: every seed was trained, or the trial has its
 * result, or a later one has begun. Of an experiment that was terminated in between, files cannot tell.
 */
export async function isTrialOver(
  files: OpenedFiles,
  trial: number,
  executions: readonly ExecutionLog[],
): Promise<boolean> {
  const trained = executions.filter(({ name, state }) => name.startsWith('seed-') && state === 'ended');
  if (trained.length >= files.seeds) return true;
  const [newest = trial] = (await findTrials(files)).toReversed();
  return newest > trial || (await isRecorded(files, trial));
}
