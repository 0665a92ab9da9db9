import type { WorkflowHandle } from '@temporalio/client';
import type { Progress } from '../../workflows/domain/progress.ts';
import { commandContext, withClient } from '../command-context.ts';
import { UserError } from '../user-error.ts';
import { askForProgress } from '../watch/ask-experiment.ts';
import { findExperiment } from '../watch/find-experiment.ts';

/** An experiment that goes on, and as it was before anything was said to it. */
export interface ReachedExperiment {
  id: string;
  handle: WorkflowHandle;
  /** Null while no worker answers. */
  progress: Progress | null;
}

/** Connects to a running experiment. Throws a UserError where there is none, or where it is over. */
export async function withRunningExperiment<T>(
  id: string,
  act: (experiment: ReachedExperiment) => Promise<T>,
): Promise<T> {
  return await withClient(commandContext(), async (client) => {
    const { id: experimentId, handle, description } = await findExperiment(client, id);
    if (description.status.name !== 'RUNNING') throw isOver(experimentId, description.status.name);
    return await act({ id: experimentId, handle, progress: await askForProgress(handle) });
  });
}

/** The same for what only a worker can answer. */
export async function withAnsweringExperiment<T>(
  id: string,
  act: (experiment: ReachedExperiment & { progress: Progress }) => Promise<T>,
): Promise<T> {
  return await withRunningExperiment(id, async ({ progress, ...experiment }) => {
    if (progress === null) throw noWorkerAnswers();
    return await act({ ...experiment, progress });
  });
}

export function noWorkerAnswers(): UserError {
  return new UserError('No worker answers, so nothing was sent: `npx longrun up` starts them.');
}

/** `status` as Temporal names it, where it is known. */
export function isOver(id: string, status: string | null): UserError {
  const how = status === null ? '' : ` (${status.toLowerCase().replaceAll('_', ' ')})`;
  return new UserError(
    `${id} is over${how}: it takes nothing any more, start another with \`longrun fork ${id} --from-trial N\`.`,
  );
}
