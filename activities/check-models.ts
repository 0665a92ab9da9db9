import { modelRoleSchema, modelsSchema, type ModelRole, type Models } from '../workflows/schema/models.ts';
import { problemsOf } from '../workflows/schema/problems.ts';
import type { LanguageModelDependencies } from './dependencies.ts';

export interface CheckModelsInput {
  /** Whatever somebody sent. */
  models: unknown;
  /** Then a model without a known price is a problem. */
  hasMoneyBudget: boolean;
  /** The roles that are checked: all, or those that `models` names. */
  roles: 'all' | 'named';
}

export type ModelCheck = { kind: 'fit'; models: Models } | { kind: 'unfit'; problems: string[] };

/** Whether this worker can ask these models: providers, keys, prices. Nothing is sent to anybody. */
export async function checkModels(
  { models: catalogue }: Pick<LanguageModelDependencies, 'models'>,
  { models, hasMoneyBudget, roles }: CheckModelsInput,
): Promise<ModelCheck> {
  const parsed = modelsSchema.safeParse(models);
  if (!parsed.success) return { kind: 'unfit', problems: problemsOf(parsed.error, 'models') };
  const checked = roles === 'all' ? modelRoleSchema.options : (Object.keys(parsed.data) as ModelRole[]);
  const problems = catalogue.problemsOf(parsed.data, { hasMoneyBudget, roles: checked });
  return problems.length === 0 ? { kind: 'fit', models: parsed.data } : { kind: 'unfit', problems };
}
