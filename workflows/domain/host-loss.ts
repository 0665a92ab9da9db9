/** Why nobody watches an execution any more. `details` are the last heartbeat's, or those of a worker's farewell. */
export type Loss =
  | { kind: 'watcherLost'; details: unknown }
  | { kind: 'hostSilent' }
  /** The host could not do its part: disk full, supervisor that does not start. */
  | { kind: 'fault' }
  /** Nothing that another attempt would mend, or a cancel. */
  | { kind: 'final' };

export interface NextAttempt {
  /** Null: any host. */
  host: string | null;
  delaySeconds: number;
}

/** With delays of up to a minute this is about a day: a disk that fills at night is mended in the morning. */
const mostFaults = 1500;

/**
 * Where the next watcher runs. A lost watcher's training may be alive, so it is looked for on its own host first;
 * null means that there is no next attempt.
 */
export function afterLoss(loss: Loss, { host, faults }: { host: string | null; faults: number }): NextAttempt | null {
  switch (loss.kind) {
    case 'watcherLost':
      return { host: hostIn(loss.details) ?? host, delaySeconds: 0 };
    case 'hostSilent':
      return { host: null, delaySeconds: 0 };
    case 'fault':
      return faults > mostFaults ? null : { host, delaySeconds: Math.min(60, 2 ** faults) };
    case 'final':
      return null;
  }
}

function hostIn(details: unknown): string | null {
  if (typeof details !== 'object' || details === null || !('host' in details)) return null;
  return typeof details.host === 'string' ? details.host : null;
}
