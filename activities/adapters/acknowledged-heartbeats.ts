import type { ServerLine } from './server-line.ts';
import { uptimeSeconds } from './uptime.ts';

/**
 * Heartbeats that are known to have arrived. The SDK's own timer is no watchdog: an attempt that is cut off is
 * measured to live on for tens of seconds beside its successor, and under refused connections for ever.
 */
export interface AcknowledgedHeartbeats {
  /** Sends if it is time for it; never waits for the answer. */
  beat(details: unknown): void;
  /** Sends and waits for the answer, or for the limit; says whether the server has acknowledged it. */
  send(details: unknown): Promise<boolean>;
  /** The server has said that it does not know this attempt any more. */
  readonly isUnknown: boolean;
  /** No answer for three quarters of the time-out: the server must be assumed to give this attempt up. */
  readonly isSilent: boolean;
}

export interface HeartbeatOptions {
  line: ServerLine;
  /** The activity's own. */
  timeoutSeconds: number;
  /** Told of the send time of each acknowledged heartbeat. */
  onAcknowledged: (details: unknown, uptimeSeconds: number) => Promise<void>;
}

export function acknowledgedHeartbeats({
  line,
  timeoutSeconds,
  onAcknowledged,
}: HeartbeatOptions): AcknowledgedHeartbeats {
  const limitMilliseconds = (timeoutSeconds * 1000) / 4;
  const intervalSeconds = Math.min(2, timeoutSeconds / 8);
  let acknowledgedAt = uptimeSeconds();
  let sentAt = -Infinity;
  let isUnknown = false;
  let isInFlight = false;

  const send = async (details: unknown): Promise<boolean> => {
    const now = uptimeSeconds();
    sentAt = now;
    isInFlight = true;
    try {
      isUnknown = (await line.sendHeartbeat(details, limitMilliseconds)) === 'unknown';
      if (isUnknown) return false;
      acknowledgedAt = now;
      await onAcknowledged(details, now);
      return true;
    } catch {
      return false; // How long there was no answer is what `isSilent` counts; the next heartbeat is the retry.
    } finally {
      isInFlight = false;
    }
  };

  return {
    beat(details) {
      if (!isInFlight && uptimeSeconds() - sentAt >= intervalSeconds) void send(details);
    },
    send,
    get isUnknown() {
      return isUnknown;
    },
    get isSilent() {
      return uptimeSeconds() - acknowledgedAt > timeoutSeconds * largestSilence;
    },
  };
}

const largestSilence = 0.75;
