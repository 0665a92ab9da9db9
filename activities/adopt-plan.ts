import { ApplicationFailure } from '@temporalio/activity';
import type { Task } from '../workflows/schema/task.ts';
import type { PersonMessage } from '../workflows/domain/person-message.ts';
import type { ExperimentIdentity } from '../workflows/domain/trial.ts';
import type { ExperimentDependencies } from './dependencies.ts';
import { messagePath } from './experiment-files.ts';
import { savePlan } from './save-plan.ts';

export interface AdoptPlanInput {
  experiment: ExperimentIdentity;
  /** The message of a person that brings the plan. */
  message: number;
  /** Which version the plan becomes. */
  version: number;
  tasks: Task[];
}

/** The plan that a person gave becomes a version of the plan, word for word; PLAN.md and tasks.json are up to date. */
export async function adoptPlan({ artifacts }: ExperimentDependencies, input: AdoptPlanInput): Promise<void> {
  const folder = artifacts.folder(input.experiment.id);
  const message = JSON.parse(await folder.read(messagePath(input.message))) as PersonMessage;
  if (message.kind !== 'revisePlan' || message.plan === null) {
    throw ApplicationFailure.nonRetryable(`Message ${input.message} brings no plan.`);
  }
  await savePlan(folder, input.version, message.plan);
  await folder.write('tasks.json', `${JSON.stringify(input.tasks, null, 2)}\n`);
}
