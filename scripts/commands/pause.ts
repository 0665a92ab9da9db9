import { readPause } from '../../workflows/domain/read-signal.ts';
import { pauseSignal } from '../../workflows/messages.ts';
import { pauseEffect } from '../steering/describe-effect.ts';
import { say } from '../steering/say.ts';
import { signature } from '../steering/signature.ts';

export interface PauseOptions {
  now?: boolean;
  by?: string;
  json?: boolean;
}

export async function pause(id: string, { now = false, by, json = false }: PauseOptions): Promise<number> {
  const payload = { when: now ? 'now' : 'afterTrials', ...signature(by) };
  return await say(id, { signal: pauseSignal, payload, read: readPause, describe: pauseEffect }, json);
}
