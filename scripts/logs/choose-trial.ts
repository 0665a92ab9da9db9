import { hasLog, type ExecutionLog } from '../../activities/execution-logs/execution-log.ts';
import {
  findExecutionLogs,
  findTrials,
  type ExperimentFiles,
} from '../../activities/execution-logs/find-execution-logs.ts';
import { UserError } from '../user-error.ts';

/** The executions of this trial; without a number, of the newest one that has a log. Throws a UserError without any. */
export async function chooseTrial(
  files: ExperimentFiles,
  trial: number | undefined,
): Promise<{ trial: number; executions: ExecutionLog[] }> {
  const { id } = files.experiment;
  const trials = await findTrials(files);
  const candidates = trial === undefined ? trials.toReversed() : trials.filter((number) => number === trial);
  for (const number of candidates) {
    const executions = await findExecutionLogs(files, number);
    if (executions.some(hasLog)) return { trial: number, executions };
  }
  if (trials.length === 0 || (trial === undefined && candidates.length > 0)) {
    throw new UserError(`${id} has no logs yet: they begin with the rehearsal of its first script.`);
  }
  if (candidates.length > 0) {
    throw new UserError(`Trial ${trial} of ${id} has no logs: nothing of it was run, or it waits for a slot.`);
  }
  throw new UserError(`${id} has no trial ${trial}: there are ${trials.join(', ')}.`);
}
