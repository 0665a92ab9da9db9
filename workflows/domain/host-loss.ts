import { firstPlacement, type Placement } from './placement.ts';

/** Why nobody watches an execution any more. `details` name the host: the last heartbeat's, or the failure's own. */
export type Loss =
  | { kind: 'watcherLost'; details: unknown }
  /** It was asked for on its own queue for as long as it may be silent. */
  | { kind: 'hostSilent' }
  /** Its slots are taken, by others of ours or by somebody else's processes. */
  | { kind: 'hostBusy' }
  /** It lacks packages or data that another host was given. It gets them before the next attempt there. */
  | { kind: 'notEquipped'; details: unknown }
  /** The execution was ended by something that is not its script's fault. `isOfHost`: this host may do it again. */
  | { kind: 'fault'; details: unknown; isOfHost: boolean }
  /** A person paused it: it stands at a checkpoint on its host. */
  | { kind: 'paused'; details: unknown }
  /** Nothing that another attempt would mend, or a cancel. */
  | { kind: 'final' };

/** Where the next watcher runs, and how it got there. */
export interface Attempt {
  /** Null: any host. */
  host: string | null;
  placement: Placement;
  faults: number;
  /** How often in a row no slot came free. */
  busy: number;
  /** False: the host has said that it lacks something, and gets it first. */
  isEquipped: boolean;
}

export const firstAttempt: Attempt = { host: null, placement: firstPlacement, faults: 0, busy: 0, isEquipped: true };

export interface NextAttempt {
  attempt: Attempt;
  delaySeconds: number;
  /** The execution may be running there, unwatched. */
  mayRun: boolean;
}

/**
 * With delays of up to ten minutes this is about a day and a half: a disk that fills at night is mended in the morning.
 * More and shorter delays would fill the history of the workflow.
 */
const mostFaults = 200;
const longestDelaySeconds = 600;

/**
 * Where the next watcher runs. A lost watcher's training may be alive, and a lost training's checkpoint is on its
 * host, so that host comes first. `canMove` says whether another host may ever stand in: then a silent or faulty one
 * is given up. Null means that there is no next attempt.
 */
export function afterLoss(loss: Loss, before: Attempt, canMove: boolean): NextAttempt | null {
  const attempt = { ...before, busy: 0, isEquipped: true };
  switch (loss.kind) {
    case 'watcherLost': {
      const host = hostOf(loss.details) ?? attempt.host;
      return { attempt: { ...attempt, host }, delaySeconds: 0, mayRun: host !== null };
    }
    case 'paused': {
      const host = hostOf(loss.details) ?? attempt.host;
      return { attempt: { ...attempt, host }, delaySeconds: 0, mayRun: false };
    }
    case 'notEquipped': {
      const host = hostOf(loss.details) ?? attempt.host;
      return { attempt: { ...attempt, host, isEquipped: host === null }, delaySeconds: 0, mayRun: false };
    }
    case 'hostSilent':
      return { attempt: elsewhere(attempt, attempt.host), delaySeconds: 0, mayRun: false };
    case 'hostBusy': {
      const busy = before.busy + 1;
      return { attempt: { ...attempt, busy }, delaySeconds: delayAfter(busy), mayRun: false };
    }
    case 'fault': {
      const faults = attempt.faults + 1;
      if (faults > mostFaults) return null;
      const host = hostOf(loss.details) ?? attempt.host;
      const next = loss.isOfHost && canMove ? elsewhere(attempt, host) : { ...attempt, host };
      // The watcher may have failed while its training goes on.
      return { attempt: { ...next, faults }, delaySeconds: delayAfter(faults), mayRun: next.host !== null };
    }
    case 'final':
      return null;
  }
}

/** As many faults as make the delay its longest. */
const faultsWhilePaused = 10;

/** The same while a pause lasts, perhaps for weeks: what fails is tried ever more seldom, but uses up no patience. */
export function afterLossWhilePaused(loss: Loss, before: Attempt, canMove: boolean): NextAttempt | null {
  const next = afterLoss(loss, { ...before, faults: Math.min(before.faults, faultsWhilePaused) }, canMove);
  if (next === null) return null;
  const faults = Math.max(before.faults, Math.min(next.attempt.faults, faultsWhilePaused));
  return { ...next, attempt: { ...next.attempt, faults } };
}

function delayAfter(times: number): number {
  return Math.min(longestDelaySeconds, 2 ** times);
}

/** A host that never told its name has published nothing, so there is nothing to go on from. */
function elsewhere(attempt: Attempt, host: string | null): Attempt {
  if (host === null) return attempt;
  const { number, earlierHosts } = attempt.placement;
  return { ...attempt, host: null, placement: { number: number + 1, earlierHosts: [...earlierHosts, host] } };
}

export function hostOf(details: unknown): string | null {
  if (typeof details !== 'object' || details === null || !('host' in details)) return null;
  return typeof details.host === 'string' ? details.host : null;
}
