import { ActivityFailure, ApplicationFailure, CancelledFailure, TimeoutFailure } from '@temporalio/workflow';
import { failureType } from './domain/failure-type.ts';
import { hostOf, type Loss } from './domain/host-loss.ts';

/** Another host is not likely to have the same trouble. */
const faultsOfHost: ReadonlySet<string | null | undefined> = new Set([
  failureType.deviceFault,
  failureType.diskFull,
  failureType.sandboxMisconfigured,
]);

/** What an attempt to watch ended with, as `afterLoss` sees it. */
export function lossIn(error: unknown): Loss {
  const cause = error instanceof ActivityFailure ? error.cause : undefined;
  if (cause instanceof ApplicationFailure) {
    const details: unknown = cause.details?.[0];
    if (cause.type === failureType.hostLacksData) return { kind: 'fault', details, isOfHost: true };
    if (cause.nonRetryable === true) return { kind: 'final' };
    if (cause.type === failureType.executionPaused) return { kind: 'paused', details };
    if (cause.type === failureType.watcherShutDown) return { kind: 'watcherLost', details };
    if (cause.type === failureType.notEquipped) return { kind: 'notEquipped', details };
    if (cause.type === failureType.hostBusy) return { kind: 'hostBusy' };
    return { kind: 'fault', details, isOfHost: faultsOfHost.has(cause.type) };
  }
  if (!(cause instanceof TimeoutFailure)) return { kind: 'final' };
  // Waiting for a free GPU and resumed attempts take longer than one deadline: the training may well be alive.
  const isWatcherLost = cause.timeoutType === 'HEARTBEAT' || cause.timeoutType === 'START_TO_CLOSE';
  if (isWatcherLost) return { kind: 'watcherLost', details: cause.lastHeartbeatDetails };
  return cause.timeoutType === 'SCHEDULE_TO_START' ? { kind: 'hostSilent' } : { kind: 'final' };
}

/** The host that a watcher's failure names: in its details, or in the last heartbeat; null where it names none. */
export function hostIn(error: unknown): string | null {
  const cause = error instanceof ActivityFailure ? error.cause : undefined;
  if (cause instanceof TimeoutFailure) return hostOf(cause.lastHeartbeatDetails);
  if (cause instanceof ApplicationFailure || cause instanceof CancelledFailure) return hostOf(cause.details?.[0]);
  return null;
}
