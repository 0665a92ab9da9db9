import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import type { ExperimentInput } from '../workflows/schema/experiment-input.ts';
import { titleOf } from '../workflows/domain/idea-title.ts';
import { taskQueue } from '../workflows/domain/task-queue.ts';
import type { experiment } from '../workflows/experiment.ts';
import type { CommandContext } from './command-context.ts';
import { UserError } from './user-error.ts';

export interface StartRequest {
  id: string;
  input: ExperimentInput;
}

/** Starts the workflow, or says that its id was used before; the old experiment stays as it is. */
export async function startExperiment(
  client: Client,
  { configuration }: CommandContext,
  request: StartRequest,
): Promise<void> {
  const { id, input } = request;
  const { title = typeof input.idea === 'string' ? titleOf(input.idea) : null } = input;
  const exists = new UserError(`There is an experiment ${id} already: choose another id with --id.`, 2);
  if (existsSync(join(configuration.artifactRoot, id, 'experiment.json'))) throw exists;
  try {
    await client.workflow.start<typeof experiment>('experiment', {
      args: [input],
      taskQueue: taskQueue.experiments,
      workflowId: id,
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      workflowIdConflictPolicy: 'FAIL',
      ...(title === null ? {} : { staticSummary: title, memo: { title } }),
    });
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) throw exists;
    throw error;
  }
}
