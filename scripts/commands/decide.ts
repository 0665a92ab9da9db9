import { readDecision } from '../../workflows/domain/read-update.ts';
import { decideUpdate } from '../../workflows/messages.ts';
import { printJson, printLine } from '../print.ts';
import { decisionEffect } from '../steering/describe-effect.ts';
import { withAnsweringExperiment } from '../steering/reach-experiment.ts';
import { assertUpdateReadable, sendUpdate } from '../steering/send-update.ts';
import { signature } from '../steering/signature.ts';
import { UserError } from '../user-error.ts';

export interface DecideOptions {
  decision?: string;
  by?: string;
  json?: boolean;
}

/** Answers the decision that is waited for; with another one's id the experiment says what is wrong with it. */
export async function decide(givenId: string, choice: string, options: DecideOptions): Promise<number> {
  const { by } = signature(options.by);
  assertUpdateReadable({ id: options.decision ?? '', choice, by }, readDecision);
  return await withAnsweringExperiment(givenId, async (experiment) => {
    const { id, progress } = experiment;
    const decision = options.decision ?? progress.hold?.decision?.id;
    if (decision === undefined)
      throw new UserError(`${id} waits for no decision: \`longrun show ${id}\` says so if it does.`);
    await sendUpdate(experiment, decideUpdate, { id: decision, choice, by });
    const effect = `Decided ${decision}: ${choice}, ${decisionEffect({ id, before: progress }, choice)}.`;
    if (options.json === true) printJson({ id, decision, choice, by, effect });
    else printLine(effect);
    return 0;
  });
}
