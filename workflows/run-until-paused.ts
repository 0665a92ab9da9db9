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

export interface PausableEnd<T> {
  end: Settled<T>;
  isPaused: boolean;
  /** With what the workflow was cancelled meanwhile; null where it was not. */
  cancellation: unknown;
}

/**
 * Runs a watcher to its end, which is early when somebody pauses the experiment or cancels the workflow. The marker is put
 * down before the watcher is cancelled, and stays until it has ended: one that is cancelled without it stops its training
 * for good.
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
  let cancellation: unknown = null;
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
    // It ends when its watcher has, so that nothing is left running.
    scope.cancel();
    await CancellationScope.nonCancellable(() => condition(hasEnded));
    if (!isCancellation(error)) throw error;
    cancellation = error;
  }
  if (end.now === null) throw new Error('A watcher that has ended has no end.');
  return { end: end.now, isPaused, cancellation };
}
