import { once } from 'node:events';

/** The first SIGINT or SIGTERM ends the command in order. */
export async function stopSignal(): Promise<void> {
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
}
