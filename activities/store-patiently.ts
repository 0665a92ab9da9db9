import { setTimeout as delay } from 'node:timers/promises';
import { ApplicationFailure, Context, log } from '@temporalio/activity';
import { failureType } from '../workflows/domain/failure-type.ts';
import { withHeartbeat } from './adapters/heartbeat.ts';

const retryMilliseconds = 2_000;
/** With the longest request before it (50 minutes) this fits into the hour that the activity may take. */
const mostMilliseconds = 8 * 60 * 1000;

/**
 * Stores what was paid for, and holds it in memory while the storage is away or full: a new attempt would have to pay for
 * it again. A cancellation waits for it. Ends as the last try did when the storage stays away, or the worker ends.
 */
export async function storePatiently(what: string, store: () => Promise<void>): Promise<void> {
  const deadline = Date.now() + mostMilliseconds;
  await withHeartbeat({ [what]: 'is being stored' }, async () => {
    for (;;) {
      try {
        return await store();
      } catch (error) {
        const isAway = error instanceof ApplicationFailure && error.type === failureType.artifactStoreUnavailable;
        const isEnding = Context.current().cancellationDetails?.workerShutdown === true;
        if (!isAway || isEnding || Date.now() > deadline) throw error;
        log.warn(`${what} is paid for and cannot be stored yet`, { problem: error.message });
        await delay(retryMilliseconds);
      }
    }
  });
}
