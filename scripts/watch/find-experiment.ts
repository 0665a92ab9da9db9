import {
  WorkflowNotFoundError,
  type Client,
  type WorkflowExecutionDescription,
  type WorkflowHandle,
} from '@temporalio/client';
import { experimentIdOf } from '../../workflows/domain/experiment-id.ts';
import { UserError } from '../user-error.ts';

/** An experiment as the server knows it, whatever its workers do. */
export interface FoundExperiment {
  /** The name of its folder and, unless a schedule started it, its workflow id. */
  id: string;
  handle: WorkflowHandle;
  description: WorkflowExecutionDescription;
}

/** `id`: of the workflow or of its folder. Throws a UserError where there is no such experiment. */
export async function findExperiment(client: Client, id: string): Promise<FoundExperiment> {
  for (const workflowId of new Set([id, scheduledIdOf(id)])) {
    const handle = client.workflow.getHandle(workflowId);
    const description = await describe(handle);
    if (description === null) continue;
    if (description.type !== 'experiment') throw new UserError(`${id} is a ${description.type}, not an experiment.`);
    return { id: experimentIdOf(workflowId), handle, description };
  }
  throw new UserError(`There is no experiment ${id}: \`longrun list\` shows those that there are.`);
}

/** The workflow id of which `experimentIdOf` made this folder's name, if a schedule started it. */
function scheduledIdOf(folder: string): string {
  return folder.replace(/(-\d{4}-\d{2}-\d{2}T\d{2})(\d{2})(\d{2}Z)$/, '$1:$2:$3');
}

async function describe(handle: WorkflowHandle): Promise<WorkflowExecutionDescription | null> {
  try {
    return await handle.describe();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}
