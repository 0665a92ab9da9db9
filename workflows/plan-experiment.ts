import { ApplicationFailure, upsertMemo } from '@temporalio/workflow';
import { equipment, hosts, languageModel, opening } from './activity-proxies.ts';
import { askUntilUsable, type UnusableAnswer } from './ask-until-usable.ts';
import { nothingSpent } from './domain/budget.ts';
import { inheritedState, plannedState, type ExperimentState } from './domain/experiment-state.ts';
import { failureType } from './domain/failure-type.ts';
import { shorten } from './domain/journal.ts';
import type { DataSource, PreparedData } from './domain/placement.ts';
import type { ExperimentIdentity } from './domain/trial.ts';
import { Undecodable } from './domain/undecodable.ts';
import { experimentAsker } from './experiment-asker.ts';
import type { FrontDesk } from './front-desk.ts';
import type { ExperimentSettings } from './schema/experiment-input.ts';
import type { Models } from './schema/models.ts';

/** Opens the experiment's folder, looks at a host, and drafts the plan with its metric and task list. */
export async function planExperiment(
  desk: FrontDesk,
  experiment: ExperimentIdentity,
  input: unknown,
): Promise<ExperimentState> {
  if (input instanceof Undecodable) {
    throw ApplicationFailure.nonRetryable(`The input ${input.problem}.`, failureType.invalidInput);
  }
  const startedAtMilliseconds = Date.now();
  const { settings, data, hostLossMinutes, past, ...opened } = await opening.openExperiment.executeWithOptions(
    { summary: 'check the input' },
    [{ experiment, input }],
  );

  const { location, hasSearchAttributes, hasWebhook } = opened;
  const surroundings = { hasSearchAttributes, hasWebhook };
  upsertMemo({ title: opened.title, files: location });
  desk.begin({ settings, surroundings, past });
  // Before the first message of its own can be written: its number follows those of the past.
  if (past !== null) desk.inherit(past);
  desk.enter({ kind: 'planning' });
  await checkModels(settings.models, settings.budget.usd !== undefined);
  const resources = { gpus: settings.gpusPerTrial, data: await prepareData(experiment, data), hostLossMinutes };
  await hosts.surveyHost.executeWithOptions({ summary: 'see what the host has' }, [
    { experiment, resources, packages: settings.packages },
  ]);
  const basis = { startedAtMilliseconds, settings, resources, surroundings };
  if (past !== null) return inheritedState(basis, past);
  const draft = await draftPlan(desk, experiment, settings);
  upsertMemo({ title: draft.title });
  return plannedState(basis, draft);
}

/** What a person has fixed is not the planner's choice. */
async function draftPlan(
  desk: FrontDesk,
  experiment: ExperimentIdentity,
  settings: ExperimentSettings,
): Promise<Parameters<typeof plannedState>[1]> {
  await desk.settleMessages();
  const { metric = null } = settings;
  const answer = await askUntilUsable(
    { asker: experimentAsker(desk, { settings, spending: nothingSpent }, 'search'), role: 'planner' },
    {
      ask: (model, round) =>
        model.draftPlan.executeWithOptions({ summary: 'draft the plan' }, [{ experiment, metric, ...round }]),
    },
  );
  if (answer.kind === 'unusable') throw noPlan(desk, answer);
  const { value: plan, spending } = answer;
  return { title: settings.title ?? plan.title, metric: metric ?? plan.metric, tasks: plan.tasks, spending };
}

/** Without a plan there is nothing to report on, so the experiment fails. */
function noPlan({ mailbox }: FrontDesk, { problems, rounds }: UnusableAnswer): ApplicationFailure {
  const { stopRequest } = mailbox;
  const [type, message] =
    stopRequest === null
      ? [
          failureType.modelUnusableReply,
          `The language model gave no usable plan in ${rounds} rounds: ${problems.join('; ')}`,
        ]
      : [failureType.stoppedEarly, `${stopRequest.by} asked to stop before there was a plan: ${stopRequest.reason}`];
  return ApplicationFailure.nonRetryable(message, type);
}

/** Before anything is spent or prepared: a wrong name found at the first analysis would have cost a training. */
async function checkModels(models: Models, hasMoneyBudget: boolean): Promise<void> {
  const check = await languageModel.checkModels.executeWithOptions({ summary: 'check the models' }, [
    { models, hasMoneyBudget, roles: 'all' },
  ]);
  if (check.kind === 'fit') return;
  throw ApplicationFailure.nonRetryable(check.problems.join(' '), failureType.modelNotConfigured);
}

async function prepareData(experiment: ExperimentIdentity, data: DataSource[]): Promise<PreparedData[]> {
  if (data.length === 0) return [];
  const names = data.map(({ name }) => name).join(', ');
  return await equipment.prepareData.executeWithOptions({ summary: shorten(`prepare the data: ${names}`, 50) }, [
    { experiment, data },
  ]);
}
