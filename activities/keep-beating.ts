import { describeProgress } from './describe-progress.ts';
import type { Watched } from './watched.ts';

export interface Beating {
  /** Why the progress cannot be read; null while it can. */
  readonly problem: unknown;
  stop(): void;
}

const beatMilliseconds = 250;

/**
 * Beats for as long as an execution is watched, whatever the watcher waits for meanwhile: a checkpoint that is copied
 * to this host, a driver that is slow to answer.
 */
export function keepBeating(watched: Watched): Beating {
  let problem: unknown = null;
  let isBusy = false;
  const beat = async (): Promise<void> => {
    if (isBusy) return;
    isBusy = true;
    try {
      watched.heartbeats.beat(await describeProgress(watched));
    } catch (error) {
      problem = error;
    } finally {
      isBusy = false;
    }
  };
  const timer = setInterval(() => void beat(), beatMilliseconds);
  return {
    get problem() {
      return problem;
    },
    stop: () => clearInterval(timer),
  };
}
