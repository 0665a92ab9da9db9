import type { Models } from '../workflows/schema/experiment-input.ts';
import type { Metric } from '../workflows/schema/metric.ts';
import { planSettingsSchema, type PlanSettings } from '../workflows/schema/plan-settings.ts';
import { describeMetric } from '../workflows/domain/metric.ts';
import type { Reply, Round } from '../workflows/domain/reply.ts';
import type { ExperimentIdentity } from '../workflows/domain/trial.ts';
import { askLanguageModel } from './ask-language-model.ts';
import type { LanguageModelDependencies } from './dependencies.ts';
import { surveyPath, wordsOfPeople } from './experiment-files.ts';
import { parseMarkdownWithJson } from './parse-reply.ts';
import { savePlan } from './save-plan.ts';

export interface DraftPlanInput extends Round {
  experiment: ExperimentIdentity;
  models: Models;
  /** The metric that the person asked for; null lets the planner choose. */
  metric: Metric | null;
  messages: number;
}

/** IDEA.md and the survey become PLAN.md, a metric and a task list. */
export async function draftPlan(
  dependencies: LanguageModelDependencies,
  input: DraftPlanInput,
): Promise<Reply<PlanSettings>> {
  const folder = dependencies.artifacts.folder(input.experiment.id);
  const { text, spending } = await askLanguageModel(dependencies, {
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
  });
  const parsed = parseMarkdownWithJson(text, planSettingsSchema);
  if (parsed.kind === 'unusable') return { ...parsed, spending };
  await savePlan(folder, 1, parsed.value.markdown);
  return { kind: 'usable', value: parsed.value.json, spending };
}
