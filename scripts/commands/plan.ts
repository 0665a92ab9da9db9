import { localArtifactStore } from '../../activities/adapters/local-artifact-store.ts';
import { planMessageBytes, readPlanChange } from '../../workflows/domain/read-update.ts';
import { renderTasks } from '../../workflows/domain/task-list.ts';
import { planQuery, revisePlanUpdate, type PlanAnswer } from '../../workflows/messages.ts';
import { commandContext, withClient } from '../command-context.ts';
import { printJson, printLine } from '../print.ts';
import { withAnsweringExperiment } from '../steering/reach-experiment.ts';
import { readWords } from '../steering/read-words.ts';
import { assertUpdateReadable, sendUpdate } from '../steering/send-update.ts';
import { signature } from '../steering/signature.ts';
import { answerOf } from '../watch/ask-experiment.ts';
import { findExperiment } from '../watch/find-experiment.ts';

export interface PlanOptions {
  set?: string;
  revise?: string;
  by?: string;
  json?: boolean;
}

/** Prints the version in force; with a text or a reason it asks for the next one instead. */
export async function plan(id: string, { set, revise, by, json = false }: PlanOptions): Promise<number> {
  if (set === undefined && revise === undefined) return await printPlan(id, json);
  const payload = {
    ...(set === undefined ? {} : { plan: await readWords(set, planMessageBytes) }),
    ...(revise === undefined ? {} : { reason: revise }),
    ...signature(by),
  };
  assertUpdateReadable(payload, readPlanChange);
  return await withAnsweringExperiment(id, async (experiment) => {
    const { message, applies } = await sendUpdate(experiment, revisePlanUpdate, payload);
    const what = set === undefined ? 'the planner writes the next version' : 'it is the next version, word for word,';
    const effect = `Taken as message ${message}: ${what} ${applies}.`;
    if (json) printJson({ id: experiment.id, message, applies, by: payload.by, effect });
    else printLine(effect);
    return 0;
  });
}

async function printPlan(givenId: string, isJson: boolean): Promise<number> {
  const context = commandContext();
  return await withClient(context, async (client) => {
    const found = await findExperiment(client, givenId);
    const { id } = found;
    const answer = await answerOf(found, planQuery);
    if (answer === null) {
      if (isJson) printJson({ id, plan: null, path: null, markdown: null, tasks: [] });
      else printLine(`${id} has no plan yet.`);
      return 0;
    }
    const markdown = await localArtifactStore(context.configuration.artifactRoot).folder(id).readIfPresent(answer.path);
    if (isJson) printJson({ id, ...answer, markdown });
    else printLine(renderPlan(answer, markdown));
    return 0;
  });
}

function renderPlan({ plan: { version, reason }, path, tasks }: PlanAnswer, markdown: string | null): string {
  return [
    `Version ${version}${reason === null ? '' : `: ${reason}`}`,
    markdown?.trim() ?? `Its text is in ${path}, which is not on this machine.`,
    `Tasks:\n${renderTasks(tasks)}`,
  ].join('\n\n');
}
