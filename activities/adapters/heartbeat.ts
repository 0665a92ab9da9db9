import { Context } from '@temporalio/activity';

const beatMilliseconds = 2000;

/**
 * Beats while `work` waits for somebody else, so that a killed worker is noticed. Every beat carries all details;
 * a function is asked for them anew each time.
 */
export async function withHeartbeat<T>(
  details: Record<string, unknown> | (() => Record<string, unknown>),
  work: () => Promise<T>,
): Promise<T> {
  const context = Context.current();
  const startedAt = Date.now();
  const beat = () => {
    const newest = typeof details === 'function' ? details() : details;
    context.heartbeat({ ...newest, seconds: Math.round((Date.now() - startedAt) / 1000) });
  };
  beat();
  const timer = setInterval(beat, beatMilliseconds);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
