import type { Metric } from '../workflows/schema/metric.ts';
import { planReplySchema, type PlanSettings } from '../workflows/schema/plan-settings.ts';
import { describeMetric } from '../workflows/domain/metric.ts';
import type { Reply, Round } from '../workflows/domain/reply.ts';
import type { ExperimentIdentity } from '../workflows/domain/trial.ts';
import { askForObject } from './ask-for-object.ts';
import type { LanguageModelDependencies } from './dependencies.ts';
import { surveyPath, wordsOfPeople } from './experiment-files.ts';
import { savePlan } from './save-plan.ts';

export interface DraftPlanInput extends Round {
  experiment: ExperimentIdentity;
  /** The metric that the person asked for; null lets the planner choose. */
  metric: Metric | null;
}

/** IDEA.md and the survey become PLAN.md, a metric and a task list. */
export async function draftPlan(
  dependencies: LanguageModelDependencies,
  input: DraftPlanInput,
): Promise<Reply<PlanSettings>> {
  const folder = dependencies.artifacts.folder(input.experiment.id);
  const call = {
    ...input,
    experimentId: input.experiment.id,
    owner: 'plan-001',
    prompt: 'draft-plan',
    inputs: {
      idea: await folder.read('IDEA.md'),
      host: await folder.read(surveyPath),
      'required metric': input.metric === null ? null : describeMetric(input.metric),
      'what people said': await wordsOfPeople(folder, input.messages),
    },
  };
  const reply = await askForObject(dependencies, call, planReplySchema);
  if (reply.kind !== 'usable') return reply;
  const { markdown, ...plan } = reply.value;
  await savePlan(folder, 1, markdown);
  return { ...reply, value: plan };
}
