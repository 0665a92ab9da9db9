import assert from 'node:assert/strict';
import { cancelled } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { commandsOnServer } from '../../support/commands-on-server.ts';
import { sharedEnvironment } from '../../support/root-hooks.ts';
import { gate, startExperiment } from '../../support/run-experiment.ts';
import type { Ended } from '../../support/run-longrun.ts';
import { scriptActivities } from '../../support/scripted-activities.ts';
import { withWorkers } from '../../support/workflow-environment.ts';

describe('longrun show', () => {
  const { said, json, longrun } = commandsOnServer();
  let completed: string;
  let cancelledOne: string;
  /** What was said while a worker answered. */
  let answered: { failed: string; cancelled: string; forPrograms: Record<string, unknown>; watched: Ended };

  before(async () => {
    const isPlanning = gate();
    const uneventful = scriptActivities().activities;
    const { activities } = scriptActivities({
      async openExperiment(input) {
        if ((input.input as { idea: string }).idea === 'Fail.') throw ApplicationFailure.nonRetryable('no idea');
        return await uneventful.openExperiment(input);
      },
      async draftPlan(input) {
        if (input.experiment.id !== cancelledOne) return await uneventful.draftPlan(input);
        isPlanning.open();
        return await cancelled();
      },
    });
    await withWorkers(await sharedEnvironment(), activities, async () => {
      const waiting = await startExperiment({ idea: 'Wait.' });
      cancelledOne = waiting.workflowId;
      await isPlanning.opened;
      await waiting.cancel();
      const done = await startExperiment({ idea: 'Try it.', budget: { trials: 1 } });
      const wrong = await startExperiment({ idea: 'Fail.' });
      completed = done.workflowId;
      await Promise.allSettled([waiting.result(), done.result(), wrong.result()]);
      answered = {
        failed: await said('show', wrong.workflowId),
        cancelled: await said('show', cancelledOne),
        forPrograms: await json('show', cancelledOne),
        watched: await longrun('watch', cancelledOne),
      };
    });
  });

  it('says once why an experiment has failed', () => {
    assert.deepEqual(answered.failed.match(/.*no idea.*/g), ['failed: no idea'], answered.failed);
  });

  it('does not call a cancelled experiment one that has failed', () => {
    assert.match(answered.cancelled, /^cancelled/m);
    assert.doesNotMatch(answered.cancelled, /failed|canceled/i);
  });

  it('has no failure of it for programs', () => {
    const { status, failure } = answered.forPrograms;
    assert.deepEqual([status, failure], ['CANCELLED', null]);
  });

  it('has it as cancelled at the end of a watch', () => {
    const { status, stderr } = answered.watched;
    assert.deepEqual([status, stderr], [1, `${cancelledOne} ended: cancelled\n`]);
  });

  it('has the result of an experiment that no worker answers for', async () => {
    assert.match(await said('show', completed), /^completed: budget spent, best is trial 1 with val_error 5$/m);
  });
});
