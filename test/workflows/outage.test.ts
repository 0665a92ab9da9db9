import assert from 'node:assert/strict';
import { ApplicationFailure } from '@temporalio/common';
import { failureType } from '../../workflows/domain/failure-type.ts';
import { changeModelsUpdate, resumeSignal, stopSignal } from '../../workflows/messages.ts';
import { gate, trainings, until } from '../support/run-experiment.ts';
import { scriptActivities } from '../support/scripted-activities.ts';
import { withExperiment } from '../support/steered-experiment.ts';

describe('an experiment whose language model is away', () => {
  it('retries an outage without asking anybody', async () => {
    let outages = 2;
    await withExperiment(
      {
        ...trainings(1),
        async draftPlan(input) {
          outages -= 1;
          if (outages >= 0) throw ApplicationFailure.create({ type: failureType.modelUnavailable, message: 'Away.' });
          return await scriptActivities().activities.draftPlan(input);
        },
      },
      async (handle, { inputsOf }) => {
        assert.equal((await handle.result()).verdict, 'goalReached');
        assert.equal(inputsOf('draftPlan').length, 3);
      },
    );
  });

  it('asks other models at once after `changeModels` in an outage', async () => {
    await withExperiment(
      {
        ...trainings(1),
        async draftPlan(input) {
          if (input.models.planner === 'local/awake') return await scriptActivities().activities.draftPlan(input);
          throw ApplicationFailure.create({
            type: failureType.modelUnavailable,
            message: 'Away.',
            nextRetryDelay: '1 hour',
          });
        },
      },
      async (handle, { inputsOf }) => {
        await until(() => inputsOf('draftPlan').length === 1);
        await handle.executeUpdate(changeModelsUpdate, { args: [{ models: { planner: 'local/awake' } }] });
        assert.equal((await handle.result()).verdict, 'goalReached');
        assert.equal(inputsOf('draftPlan').length, 2);
      },
    );
  });

  it('ends by `stop` in an outage before there is a plan, and says so', async () => {
    await withExperiment(
      {
        async draftPlan() {
          throw ApplicationFailure.create({
            type: failureType.modelUnavailable,
            message: 'Away.',
            nextRetryDelay: '1 hour',
          });
        },
      },
      async (handle, { inputsOf }) => {
        await until(() => inputsOf('draftPlan').length === 1);
        await handle.signal(stopSignal, { by: 'anna', reason: 'too late' });
        await assert.rejects(handle.result(), ({ cause }: Error) => {
          assert.ok(cause instanceof ApplicationFailure);
          assert.deepEqual(
            [cause.type, cause.message],
            [failureType.stoppedEarly, 'anna asked to stop before there was a plan: too late'],
          );
          return true;
        });
        assert.equal(inputsOf('draftPlan').length, 1);
      },
    );
  });

  it('asks anew where a request that was interrupted for other models has broken off', async () => {
    const breaking = gate();
    await withExperiment(
      {
        ...trainings(1),
        async draftPlan(input) {
          if (input.models.planner === 'local/awake') return await scriptActivities().activities.draftPlan(input);
          await breaking.opened;
          throw ApplicationFailure.create({ type: failureType.modelIncompleteReply, message: 'It broke off.' });
        },
      },
      async (handle, { inputsOf }) => {
        await until(() => inputsOf('draftPlan').length === 1);
        await handle.executeUpdate(changeModelsUpdate, { args: [{ models: { planner: 'local/awake' } }] });
        breaking.open();
        assert.equal((await handle.result()).verdict, 'goalReached');
      },
    );
  });

  it('goes on with its request whatever people say that does not concern its model', async () => {
    const writing = gate();
    await withExperiment(
      {
        ...trainings(1),
        async draftPlan(input) {
          await writing.opened;
          return await scriptActivities().activities.draftPlan(input);
        },
      },
      async (handle, { inputsOf }) => {
        await until(() => inputsOf('draftPlan').length === 1);
        await handle.signal(resumeSignal);
        await handle.executeUpdate(changeModelsUpdate, { args: [{ models: { coder: 'local/other' } }] });
        writing.open();
        await handle.result();
        assert.equal(inputsOf('draftPlan').length, 1);
      },
    );
  });
});
