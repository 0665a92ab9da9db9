import { printJson, printLine } from '../print.ts';
import { UserError } from '../user-error.ts';
import type { ExperimentSnapshot } from './experiment-snapshot.ts';
import { describeResult } from './render-result.ts';

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
  printLine(`\n${id} ended: ${describeResult(result)}`);
  if (report !== null) printLine(`Report: ${report}`);
  return 0;
}
