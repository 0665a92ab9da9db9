import { printJson, printLine } from '../print.ts';
import { UserError } from '../user-error.ts';
import type { ExperimentSnapshot } from './experiment-snapshot.ts';

/** Says how an experiment ended and where its report is. Status 0 when it completed, whatever its verdict; else 1. */
export function announceEnd(last: ExperimentSnapshot, report: string | null, json: boolean): number {
  const { id, status, result, failure } = last;
  if (json) {
    printJson({ event: 'end', id, status, result, failure, report });
    return status === 'COMPLETED' ? 0 : 1;
  }
  if (result === null) {
    throw new UserError(`${id} ended: ${status.toLowerCase()}${failure === null ? '' : `, ${failure}`}`);
  }
  const { bestTrial, metric, verdict } = result;
  const best =
    bestTrial === null
      ? 'nothing was measured'
      : `best is trial ${bestTrial.trial} with ${metric.name} ${bestTrial.mean}`;
  printLine(`\n${id} ended: ${verdict}, ${best}`);
  if (report !== null) printLine(`Report: ${report}`);
  return 0;
}
