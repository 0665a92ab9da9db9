import { readResume } from '../../workflows/domain/read-signal.ts';
import { resumeSignal } from '../../workflows/messages.ts';
import { resumeEffect } from '../steering/describe-effect.ts';
import { say } from '../steering/say.ts';
import { signature } from '../steering/signature.ts';

export async function resume(id: string, { by, json = false }: { by?: string; json?: boolean }): Promise<number> {
  return await say(
    id,
    { signal: resumeSignal, payload: signature(by), read: readResume, describe: resumeEffect },
    json,
  );
}
