import { setTimeout as delay } from 'node:timers/promises';
import { ServiceError, type Client } from '@temporalio/client';
import { UserError } from '../user-error.ts';
import { lookAtExperiment, type ExperimentSnapshot } from './experiment-snapshot.ts';
import type { SnapshotView } from './snapshot-view.ts';

const pollMilliseconds = 1_000;
/** A look that takes longer has failed: the Temporal client itself would try again for most of a minute. */
const lookMilliseconds = 5_000;
const mostSilentMilliseconds = 60_000;

export interface FollowOptions {
  view: SnapshotView;
  /** Ends the following early: the promise then rejects with the signal's reason. */
  signal?: AbortSignal;
}

/** Shows the experiment until it ends; returns the last look. An outage of a minute is said and waited for. */
export async function followExperiment(
  client: Client,
  id: string,
  { view, signal }: FollowOptions,
): Promise<ExperimentSnapshot> {
  let heardAt = Date.now();
  let silentMilliseconds = 0;
  for (;;) {
    // Not since it was heard: a computer that slept meanwhile has not asked.
    const askedAt = Date.now();
    try {
      const snapshot = await client.withDeadline(Date.now() + lookMilliseconds, () => lookAtExperiment(client, id));
      [heardAt, silentMilliseconds] = [Date.now(), 0];
      view.show(snapshot);
      if (snapshot.status !== 'RUNNING') return snapshot;
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      silentMilliseconds += Math.min(lookMilliseconds, Date.now() - askedAt) + pollMilliseconds;
      if (silentMilliseconds > mostSilentMilliseconds) throw unreachable();
      if (silentMilliseconds >= lookMilliseconds) view.showSilence(new Date(heardAt));
    }
    await delay(pollMilliseconds, undefined, { signal });
  }
}

function unreachable(): UserError {
  return new UserError(
    'Temporal cannot be reached any more; the experiment goes on when it is back: start it with `npx longrun up`.',
  );
}
