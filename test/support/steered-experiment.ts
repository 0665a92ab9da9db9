import assert from 'node:assert/strict';
import { ApplicationFailure } from '@temporalio/common';
import type { Hold } from '../../workflows/domain/hold.ts';
import { failureType } from '../../workflows/domain/failure-type.ts';
import { progressQuery } from '../../workflows/messages.ts';
import { sharedEnvironment } from './root-hooks.ts';
import { startExperiment, until } from './run-experiment.ts';
import { scriptActivities, type ScriptedActivities } from './scripted-activities.ts';
import { withWorkers } from './workflow-environment.ts';

type Handle = Awaited<ReturnType<typeof startExperiment>>;

/** Runs an experiment while `act` steers it. */
export async function withExperiment(
  overrides: Partial<ScriptedActivities>,
  act: (handle: Handle, script: ReturnType<typeof scriptActivities>) => Promise<void>,
  input: Record<string, unknown> = {},
): Promise<void> {
  const script = scriptActivities(overrides);
  await withWorkers(await sharedEnvironment(), script.activities, async () => {
    const handle = await startExperiment({ idea: 'Try it.', ...input });
    await act(handle, script);
  });
}

export async function holdOf(handle: Handle): Promise<Hold> {
  await until(async () => (await handle.query(progressQuery)).hold !== null);
  return (await handle.query(progressQuery)).hold ?? assert.fail('nothing is waited for');
}

/** Until a person is asked for this decision. */
export async function untilAsked(handle: Handle, decision: string): Promise<void> {
  await until(async () => (await handle.query(progressQuery)).hold?.decision?.id === decision);
}

export const noCredit = () =>
  ApplicationFailure.create({ type: failureType.modelNoCredit, message: 'There is no credit.' });

/** Fails for as long as `isBlocked` says so. */
export function blocked(activity: keyof ScriptedActivities, isBlocked: () => boolean): Partial<ScriptedActivities> {
  const works = scriptActivities().activities[activity] as (input: unknown) => Promise<unknown>;
  const act = async (input: unknown): Promise<unknown> => {
    if (isBlocked()) throw noCredit();
    return await works(input);
  };
  return { [activity]: act };
}
