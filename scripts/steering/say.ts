import type { PersonMessage } from '../../workflows/domain/person-message.ts';
import { printJson, printLine } from '../print.ts';
import type { Change } from './describe-effect.ts';
import { withRunningExperiment } from './reach-experiment.ts';
import { assertReadable, sendSignal, type SignalRequest } from './send-signal.ts';

export interface Saying extends SignalRequest {
  /** How the workflow reads the payload. */
  read: (payload: unknown, at: string) => PersonMessage;
  /** What it does, in a sentence; `message` is its number. */
  describe: (change: Change, message: number) => string;
}

/** The whole life of a command that sends a signal, to what it prints. Resolves to the exit status. */
export async function say(givenId: string, saying: Saying, isJson: boolean): Promise<number> {
  const { signal, payload, read, describe } = saying;
  assertReadable(saying, read);
  return await withRunningExperiment(givenId, async (experiment) => {
    const { id, progress: before } = experiment;
    const { head, progress: after } = await sendSignal(experiment, { signal, payload });
    const isTaken = head !== null && before !== null && after !== null;
    const effect = isTaken ? describe({ id, before, after }, head.number) : deliveredEffect;
    if (isJson)
      printJson({
        id,
        signal: signal.name,
        messageId: payload.id,
        by: payload.by,
        message: head?.number ?? null,
        effect,
      });
    else printLine(effect);
    return 0;
  });
}

const deliveredEffect =
  'Temporal has it, but no worker has taken it yet: it is taken when one runs (`npx longrun up` starts them).';
