import { CancellationScope, condition, isCancellation } from '@temporalio/workflow';
import type { ExecutionName } from '../activities/execution-place.ts';
import { artifacts } from './activity-proxies.ts';
import { trialSummary } from './domain/trial-summary.ts';
import { settled, type Settled } from './settled.ts';

/** By which a watcher that is cancelled knows that its training is only paused. It lies among the artifacts. */
export interface PauseMarker {
  readonly isSet: boolean;
  set(isPaused: boolean): Promise<void>;
}

export function pauseMarker(execution: ExecutionName): PauseMarker {
  let isSet = false;
  return {
    get isSet() {
      return isSet;
    },
    async set(isPaused) {
      if (isPaused === isSet) return;
      const summary = trialSummary(execution.trial, isPaused ? 'pause' : 'go on after the pause', execution.name);
      await artifacts.markExecutionPaused.executeWithOptions({ summary }, [{ ...execution, isPaused }]);
      isSet = isPaused;
    },
  };
}

export type PausableEnd<T> = Settled<T> & { isPaused: boolean };

/**
 * Runs a watcher to its end, which is early when somebody pauses the experiment. The marker is put down before the
 * watcher is cancelled, and stays until it has ended: one that is cancelled without it stops its training for good.
 */
export async function runUntilPaused<T>(
  watch: () => Promise<T>,
  isHalted: () => boolean,
  marker: PauseMarker,
): Promise<PausableEnd<T>> {
  const scope = new CancellationScope();
  const end = settled(scope.run(watch));
  const hasEnded = () => end.now !== null;
  let isPaused = false;
  try {
    while (!hasEnded() && !isPaused) {
      await condition(() => hasEnded() || isHalted() !== marker.isSet);
      if (hasEnded()) break;
      await marker.set(isHalted());
      isPaused = isHalted() && marker.isSet;
      if (isPaused) scope.cancel();
    }
    await condition(hasEnded);
  } catch (error) {
    // Cancelled from outside, or without a marker: it ends when its watcher has, so that nothing is left running.
    scope.cancel();
    await CancellationScope.nonCancellable(() => condition(hasEnded));
    // It says how long its training has run.
    throw end.now?.kind === 'error' && isCancellation(end.now.error) ? end.now.error : error;
  }
  if (end.now === null) throw new Error('A watcher that has ended has no end.');
  return { ...end.now, isPaused };
}
