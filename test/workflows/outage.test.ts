import assert from 'node:assert/strict';
import { cancelled, heartbeat } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { spendingOf } from '../../workflows/domain/budget.ts';
import { failureType } from '../../workflows/domain/failure-type.ts';
import { budgetQuery, changeModelUpdate, resumeSignal, stopSignal } from '../../workflows/messages.ts';
import { gate, trainings, until } from '../support/run-experiment.ts';
import { oneCall, scriptActivities } from '../support/scripted-activities.ts';
import { withExperiment } from '../support/steered-experiment.ts';

/** Long enough that no test sees the next attempt of the same activity. */
const awayForAnHour = () =>
  ApplicationFailure.create({ type: failureType.modelUnavailable, message: 'Away.', nextRetryDelay: '1 hour' });

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

  it('asks other models at once after `changeModel` in an outage', async () => {
    await withExperiment(
      {
        ...trainings(1),
        async draftPlan(input) {
          if (input.models.planner === 'local/awake') return await scriptActivities().activities.draftPlan(input);
          throw awayForAnHour();
        },
      },
      async (handle, { inputsOf }) => {
        await until(() => inputsOf('draftPlan').length === 1);
        await handle.executeUpdate(changeModelUpdate, { args: [{ models: { planner: 'local/awake' } }] });
        assert.equal((await handle.result()).verdict, 'goalReached');
        assert.equal(inputsOf('draftPlan').length, 2);
      },
    );
  });

  it('ends by `stop` in an outage before there is a plan, and says so', async () => {
    await withExperiment(
      {
        async draftPlan() {
          throw awayForAnHour();
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
        await handle.executeUpdate(changeModelUpdate, { args: [{ models: { planner: 'local/awake' } }] });
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
        await handle.executeUpdate(changeModelUpdate, { args: [{ models: { coder: 'local/other' } }] });
        writing.open();
        await handle.result();
        assert.equal(inputsOf('draftPlan').length, 1);
      },
    );
  });

  it('counts a reply that comes to its end after its trial was stopped, and ends only then', async () => {
    const writing = gate();
    await withExperiment(
      {
        async writeTrainingScript(input) {
          await writing.opened;
          const written = await scriptActivities().activities.writeTrainingScript(input);
          return { ...written, spending: spendingOf('coder', { ...oneCall, calls: 7 }) };
        },
      },
      async (handle, { inputsOf }) => {
        await until(() => inputsOf('writeTrainingScript').length === 1);
        await handle.executeUpdate(changeModelUpdate, { args: [{ models: { coder: 'local/other' } }] });
        await handle.signal(stopSignal);
        writing.open();
        assert.equal((await handle.result()).verdict, 'stopped');
        assert.equal((await handle.query(budgetQuery))?.spending.byRole.coder?.calls, 7);
      },
    );
  });

  it('counts what a reply has cost that broke off after its trial was stopped', async () => {
    await withExperiment(
      {
        async writeTrainingScript() {
          const beat = setInterval(heartbeat, 100);
          await cancelled().catch(() => clearInterval(beat));
          const details = [spendingOf('coder', { ...oneCall, calls: 7 })];
          throw ApplicationFailure.create({
            type: failureType.modelIncompleteReply,
            message: 'It broke off.',
            details,
          });
        },
      },
      async (handle, { inputsOf }) => {
        await until(() => inputsOf('writeTrainingScript').length === 1);
        await handle.signal(stopSignal);
        await handle.result();
        assert.equal((await handle.query(budgetQuery))?.spending.byRole.coder?.calls, 7);
      },
    );
  });

  it('fails at once when a message of a person cannot be recorded, though a model is away', async () => {
    await withExperiment(
      {
        async draftPlan() {
          throw awayForAnHour();
        },
        async recordMessages() {
          throw ApplicationFailure.nonRetryable('A link leads outside.', failureType.artifactStoreRefused);
        },
      },
      async (handle, { inputsOf }) => {
        await until(() => inputsOf('draftPlan').length === 1);
        await handle.signal(resumeSignal);
        await assert.rejects(handle.result(), ({ cause }: Error) => {
          assert.ok(cause instanceof ApplicationFailure);
          return cause.type === failureType.artifactStoreRefused;
        });
      },
    );
  });
});
