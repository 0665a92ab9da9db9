import { readAbandonment } from '../../workflows/domain/read-update.ts';
import { abandonTrialUpdate } from '../../workflows/messages.ts';
import { printJson, printLine } from '../print.ts';
import { withAnsweringExperiment } from '../steering/reach-experiment.ts';
import { assertUpdateReadable, sendUpdate } from '../steering/send-update.ts';
import { signature } from '../steering/signature.ts';

export interface AbandonOptions {
  reason?: string;
  by?: string;
  json?: boolean;
}

/** Ends the running trial, and only that one: the number says that both mean the same. */
export async function abandon(givenId: string, trial: number, options: AbandonOptions): Promise<number> {
  const { reason } = options;
  const payload = { trial, ...(reason === undefined ? {} : { reason }), ...signature(options.by) };
  assertUpdateReadable(payload, readAbandonment);
  return await withAnsweringExperiment(givenId, async (experiment) => {
    const { id, progress } = experiment;
    await sendUpdate(experiment, abandonTrialUpdate, payload);
    const then = progress.isPaused ? `nothing begins until \`longrun resume ${id}\`` : 'the next one begins';
    const effect = `Trial ${trial} is ended, its trainings are stopped, then ${then}; what it measured does not count.`;
    if (options.json === true) printJson({ id, trial, by: payload.by, effect });
    else printLine(effect);
    return 0;
  });
}
