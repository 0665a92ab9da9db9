import type { Timeouts } from './provider.ts';

export type Deadline = keyof Timeouts;

export interface ReplyDeadlines {
  /** Aborted by a deadline, by the caller's signal and by `close`: it ends the request wherever it stands. */
  signal: AbortSignal;
  /** The deadline that ended the request. */
  passed: () => Deadline | null;
  /** Not for what only keeps the connection alive. */
  tokenArrived: () => void;
  /** Ends what is still under way. To be called whatever happens: otherwise timers go on. */
  close: () => void;
}

/**
 * The clocks of one request, which cover headers that do not come and a body that stalls alike: the client's own
 * time-out ends with the headers.
 */
export function replyDeadlines(timeouts: Timeouts, callerSignal: AbortSignal): ReplyDeadlines {
  const controller = new AbortController();
  let passed: Deadline | null = null;
  const startTimer = (deadline: Deadline) =>
    setTimeout(() => {
      passed ??= deadline;
      controller.abort();
    }, timeouts[deadline] * 1000);
  const total = startTimer('totalSeconds');
  const firstToken = startTimer('firstTokenSeconds');
  let idle: NodeJS.Timeout | null = null;
  const abort = () => controller.abort();
  callerSignal.addEventListener('abort', abort);
  if (callerSignal.aborted) abort();
  return {
    signal: controller.signal,
    passed: () => passed,
    tokenArrived() {
      if (controller.signal.aborted) return;
      clearTimeout(firstToken);
      if (idle === null) idle = startTimer('idleSeconds');
      else idle.refresh();
    },
    close() {
      for (const timer of [total, firstToken, idle]) if (timer !== null) clearTimeout(timer);
      callerSignal.removeEventListener('abort', abort);
      abort();
    },
  };
}
