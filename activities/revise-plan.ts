import type { Metric } from '../workflows/schema/metric.ts';
import { planRevisionReplySchema, type PlanRevision } from '../workflows/schema/plan-revision.ts';
import type { Task } from '../workflows/schema/task.ts';
import { describeMetric } from '../workflows/domain/metric.ts';
import type { Reply, Round } from '../workflows/domain/reply.ts';
import { paddedNumber, type ExperimentIdentity } from '../workflows/domain/trial.ts';
import { askForObject } from './ask-for-object.ts';
import type { LanguageModelDependencies } from './dependencies.ts';
import { earlierTrials, planPath, surveyPath, tasksOrNull, wordsOfPeople } from './experiment-files.ts';
import { savePlan } from './save-plan.ts';

export interface RevisePlanInput extends Round {
  experiment: ExperimentIdentity;
  metric: Metric;
  /** The version in force; the revision is the next. */
  planVersion: number;
  tasks: Task[];
  trials: number[];
  /** Why the analyst wants another plan. */
  reason: string;
}

/** The plan, all that was learnt and the reason become the next version of the plan. */
export async function revisePlan(
  dependencies: LanguageModelDependencies,
  input: RevisePlanInput,
): Promise<Reply<PlanRevision>> {
  const folder = dependencies.artifacts.folder(input.experiment.id);
  const version = input.planVersion + 1;
  const call = {
    ...input,
    experimentId: input.experiment.id,
    owner: `plan-${paddedNumber(version)}`,
    prompt: 'revise-plan',
    inputs: {
      idea: await folder.read('IDEA.md'),
      host: await folder.read(surveyPath),
      metric: describeMetric(input.metric),
      plan: await folder.read(planPath(input.planVersion)),
      'earlier trials': await earlierTrials(folder, input.trials),
      tasks: tasksOrNull(input.tasks),
      'what people said': await wordsOfPeople(folder, input.messages),
      'reason for the revision': input.reason,
    },
  };
  const reply = await askForObject(dependencies, call, planRevisionReplySchema);
  if (reply.kind !== 'usable') return reply;
  const { markdown, ...revision } = reply.value;
  await savePlan(folder, version, markdown);
  return { ...reply, value: revision };
}
