import { once } from 'node:events';

const signals = ['SIGINT', 'SIGTERM'] as const;

/**
 * The first SIGINT or SIGTERM ends the command in order. Those that come meanwhile change nothing: a command that they
 * ended at once would leave behind what it has started. That is said once.
 */
export async function stopSignal(): Promise<void> {
  let taken = 0;
  await new Promise<void>((resolve) => {
    const take = (): void => {
      taken += 1;
      if (taken === 1) resolve();
      if (taken === 2) process.stderr.write('Still stopping: what was started is being ended.\n');
    };
    for (const signal of signals) process.on(signal, take);
  });
}

/** For a command that leaves nothing behind: a second signal ends it at once. */
export async function firstStopSignal(): Promise<void> {
  const heard = new AbortController();
  await Promise.race(signals.map((name) => once(process, name, { signal: heard.signal })));
  heard.abort();
}
