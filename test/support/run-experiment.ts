import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { cancelled, heartbeat } from '@temporalio/activity';
import { WorkflowFailedError, type WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { experiment } from '../../workflows/experiment.ts';
import { sharedEnvironment } from './root-hooks.ts';
import { measuredExecution, scriptActivities, type ScriptedActivities } from './scripted-activities.ts';
import { withWorkers } from './workflow-environment.ts';

type Handle = WorkflowHandleWithFirstExecutionRunId<typeof experiment>;

let experiments = 0;

/** Starts an experiment on the shared server, under an id of its own. */
export async function startExperiment(input: unknown): Promise<Handle> {
  experiments += 1;
  const { client } = await sharedEnvironment();
  return await client.workflow.start<typeof experiment>('experiment', {
    taskQueue: 'experiments',
    workflowId: `experiment-test-${experiments}`,
    args: [input],
  });
}

/** Runs an experiment to its end with scripted activities. */
export async function runToEnd(overrides: Partial<ScriptedActivities>, input: unknown = { idea: 'Try it.' }) {
  const script = scriptActivities(overrides);
  const result = await withWorkers(await sharedEnvironment(), script.activities, async () =>
    (await startExperiment(input)).result(),
  );
  return { ...script, result };
}

/** The failure with which an experiment ends. */
export async function failureOf(
  overrides: Partial<ScriptedActivities>,
  input: unknown = { idea: 'Try it.' },
): Promise<ApplicationFailure> {
  try {
    await runToEnd(overrides, input);
  } catch (error) {
    assert.ok(error instanceof WorkflowFailedError);
    assert.ok(error.cause instanceof ApplicationFailure);
    return error.cause;
  }
  assert.fail('the experiment did not fail');
}

/** Trainings that measure these values, one a trial; more trainings than values fail the test. */
export function trainings(...values: number[]): Pick<ScriptedActivities, 'runTraining'> {
  const remaining = [...values];
  return {
    async runTraining({ name }) {
      const value = remaining.shift();
      if (value === undefined) throw ApplicationFailure.nonRetryable('more trainings than the test expects');
      return measuredExecution(value, name);
    },
  };
}

/** Holds an activity until it is opened. */
export function gate() {
  let open!: () => void;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
}

/** Waits for a condition, bounded by the test's own time-out. */
export async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await delay(50);
}

/** A training that ends only when it is cancelled, and takes a while to do so. */
export function trainUntilCancelled(onCancel: () => void): Pick<ScriptedActivities, 'runTraining'> {
  return {
    async runTraining() {
      const beat = setInterval(() => heartbeat({ host: 'test-host' }), 100);
      try {
        return await cancelled();
      } finally {
        await delay(500); // as long as a checkpoint might take
        clearInterval(beat);
        onCancel();
      }
    },
  };
}
