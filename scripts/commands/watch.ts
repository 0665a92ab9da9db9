import { commandContext, withClient } from '../command-context.ts';
import { printJson, printLine } from '../print.ts';
import { UserError } from '../user-error.ts';
import { followExperiment, snapshotView } from '../watch/follow-experiment.ts';
import type { ExperimentSnapshot } from '../watch/experiment-snapshot.ts';
import { reportFile } from './show.ts';

/** Status 0 when the experiment completed, whatever its verdict; 1 when it failed or was ended. */
export async function watch(id: string, { json = false }: { json?: boolean }): Promise<number> {
  const context = commandContext();
  return await withClient(context, async (client) => {
    const last = await followExperiment(client, id, snapshotView(json));
    const report = reportFile(context, last);
    if (json) printJson({ event: 'end', id, status: last.status, result: last.result, failure: last.failure, report });
    else announceEnd(last, report);
    return last.status === 'COMPLETED' ? 0 : 1;
  });
}

export function announceEnd({ id, status, result, failure }: ExperimentSnapshot, report: string | null): void {
  if (result === null)
    throw new UserError(`${id} ended: ${status.toLowerCase()}${failure === null ? '' : `, ${failure}`}`);
  const best =
    result.bestTrial === null
      ? 'nothing was measured'
      : `best: trial ${result.bestTrial.trial}, ${result.metric.name} ${result.bestTrial.mean}`;
  printLine(`${id} ended: ${result.verdict}, ${best}`);
  if (report !== null) printLine(`Report: ${report}`);
}
