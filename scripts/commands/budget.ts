import { extensibleParts, partNames, type BudgetExtension } from '../../workflows/domain/budget.ts';
import { readExtension } from '../../workflows/domain/read-update.ts';
import { budgetQuery, extendBudgetUpdate, progressQuery } from '../../workflows/messages.ts';
import { commandContext, withClient } from '../command-context.ts';
import { printJson, printLine } from '../print.ts';
import { withAnsweringExperiment } from '../steering/reach-experiment.ts';
import { renderBudget, type SpentBudget } from '../steering/render-budget.ts';
import { assertUpdateReadable, sendUpdate } from '../steering/send-update.ts';
import { signature } from '../steering/signature.ts';
import { answerOf } from '../watch/ask-experiment.ts';
import { findExperiment, type FoundExperiment } from '../watch/find-experiment.ts';

export interface BudgetOptions extends BudgetExtension {
  by?: string;
  json?: boolean;
}

/** Shows the budget and what is spent of it; with amounts it adds these first. */
export async function budget(id: string, options: BudgetOptions): Promise<number> {
  const { by, json = false, ...amounts } = options;
  const added = Object.keys(amounts).length === 0 ? null : amounts;
  if (added !== null) await extend(id, added, by);
  return await withClient(commandContext(), async (client) => {
    const found = await findExperiment(client, id);
    const spent = await lookAtBudget(found);
    if (json) printJson({ id: found.id, added, ...spent });
    else printLine([...describeAdded(added, spent), ...renderBudget(found.id, spent)].join('\n'));
    return 0;
  });
}

async function extend(id: string, added: BudgetExtension, by: string | undefined): Promise<void> {
  const payload = { ...added, ...signature(by) };
  assertUpdateReadable(payload, readExtension);
  await withAnsweringExperiment(id, (experiment) => sendUpdate(experiment, extendBudgetUpdate, payload));
}

async function lookAtBudget(found: FoundExperiment): Promise<SpentBudget> {
  const answer = await answerOf(found, budgetQuery);
  if (answer === null) return { budget: null };
  const { trials, elapsedSeconds } = await answerOf(found, progressQuery);
  return { ...answer, trials, elapsedSeconds };
}

/** Nothing can be added to what has no bound, and who tried should know it. */
function describeAdded(added: BudgetExtension | null, { budget: given }: SpentBudget): string[] {
  if (added === null) return [];
  return extensibleParts.flatMap((part) => {
    const more = added[part];
    if (more === undefined) return [];
    const isBounded = given === null || given[part] !== undefined;
    const name = partNames[part];
    return [isBounded ? `Added to the ${name}: ${more}.` : `Added nothing: the ${name} have no bound.`];
  });
}
