import { ActivityFailure, ApplicationFailure, TimeoutFailure } from '@temporalio/workflow';
import { failureType } from './domain/failure-type.ts';
import type { Loss } from './domain/host-loss.ts';

/** What an attempt to watch ended with, as `afterLoss` sees it. */
export function lossIn(error: unknown): Loss {
  const cause = error instanceof ActivityFailure ? error.cause : undefined;
  if (cause instanceof ApplicationFailure) {
    if (cause.type === failureType.watcherShutDown) return { kind: 'watcherLost', details: cause.details?.[0] };
    return cause.nonRetryable === true ? { kind: 'final' } : { kind: 'fault' };
  }
  if (!(cause instanceof TimeoutFailure)) return { kind: 'final' };
  // Waiting for a free GPU and resumed attempts take longer than one deadline: the training may well be alive.
  const isWatcherLost = cause.timeoutType === 'HEARTBEAT' || cause.timeoutType === 'START_TO_CLOSE';
  if (isWatcherLost) return { kind: 'watcherLost', details: cause.lastHeartbeatDetails };
  return cause.timeoutType === 'SCHEDULE_TO_START' ? { kind: 'hostSilent' } : { kind: 'final' };
}
