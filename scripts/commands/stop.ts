import { readStop } from '../../workflows/domain/read-signal.ts';
import { stopSignal } from '../../workflows/messages.ts';
import { stopEffect } from '../steering/describe-effect.ts';
import { say } from '../steering/say.ts';
import { signature } from '../steering/signature.ts';

export interface StopOptions {
  reason?: string;
  by?: string;
  json?: boolean;
}

export async function stop(id: string, { reason, by, json = false }: StopOptions): Promise<number> {
  const payload = { ...(reason === undefined ? {} : { reason }), ...signature(by) };
  return await say(id, { signal: stopSignal, payload, read: readStop, describe: stopEffect }, json);
}
