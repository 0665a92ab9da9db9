import { readModelChange } from '../../workflows/domain/read-update.ts';
import { modelNameSchema, type ModelChoice, type ModelRole } from '../../workflows/schema/models.ts';
import { problemsOf } from '../../workflows/schema/problems.ts';
import { changeModelUpdate, progressQuery } from '../../workflows/messages.ts';
import { commandContext, withClient } from '../command-context.ts';
import { printJson, printLine } from '../print.ts';
import { modelRoles } from '../steering/model-roles.ts';
import { withAnsweringExperiment } from '../steering/reach-experiment.ts';
import { assertUpdateReadable, sendUpdate } from '../steering/send-update.ts';
import { signature } from '../steering/signature.ts';
import { UserError } from '../user-error.ts';
import { answerOf } from '../watch/ask-experiment.ts';
import { findExperiment } from '../watch/find-experiment.ts';
import { describeChoice } from '../watch/render-messages.ts';
import { renderTable } from '../watch/render-table.ts';

export interface ModelOptions {
  role?: ModelRole;
  by?: string;
  json?: boolean;
}

/** Shows the models by role; with a name it changes them first. */
export async function model(id: string, name: string | undefined, options: ModelOptions): Promise<number> {
  if (name !== undefined) return await change(id, name, options);
  if (options.role !== undefined) throw new UserError('--role is for another model: name that, too.', 2);
  return await withClient(commandContext(), async (client) => {
    const found = await findExperiment(client, id);
    const { models } = await answerOf(found, progressQuery);
    if (options.json === true) printJson({ id: found.id, changed: null, models });
    else printLine(renderTable(modelRoles.map((role) => [role, describe(models[role])])).join('\n'));
    return 0;
  });
}

async function change(givenId: string, name: string, { role, by, json = false }: ModelOptions): Promise<number> {
  const parsed = modelNameSchema.safeParse(name);
  if (!parsed.success) throw new UserError(`The model is not valid: ${problemsOf(parsed.error, name).join('; ')}.`, 2);
  const roles = role === undefined ? modelRoles : [role];
  const changed = Object.fromEntries(roles.map((each) => [each, name]));
  const payload = { models: changed, ...signature(by) };
  assertUpdateReadable(payload, readModelChange);
  return await withAnsweringExperiment(givenId, async (experiment) => {
    const { id, progress } = experiment;
    const chosen = await sendUpdate(experiment, changeModelUpdate, payload);
    if (json) printJson({ id, changed, models: { ...progress.models, ...chosen } });
    else printLine(`${describeRoles(roles)} ${name} from the next call on.`);
    return 0;
  });
}

function describeRoles(roles: readonly ModelRole[]): string {
  return `${roles.join(', ')} ${roles.length === 1 ? 'takes' : 'take'}`;
}

function describe(choice: ModelChoice | undefined): string {
  return choice === undefined ? 'what the `llm` worker is set to' : describeChoice(choice);
}
