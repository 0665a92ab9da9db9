import assert from 'node:assert/strict';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { failureType } from '../../workflows/domain/failure-type.ts';
import {
  changeModelUpdate,
  feedbackSignal,
  progressQuery,
  resumeSignal,
  stopSignal,
} from '../../workflows/messages.ts';
import { sharedEnvironment } from '../support/root-hooks.ts';
import { gate, startExperiment, trainings, until } from '../support/run-experiment.ts';
import { oneCall, scriptActivities } from '../support/scripted-activities.ts';
import { blocked, holdOf, noCredit, withExperiment } from '../support/steered-experiment.ts';
import { withWorkers } from '../support/workflow-environment.ts';

describe('an experiment whose language model needs a person', () => {
  it('waits, and says for what and what to do', async () => {
    await withExperiment(
      blocked('draftPlan', () => true),
      async (handle) => {
        const { type, problem, mend } = await holdOf(handle);
        assert.deepEqual([type, problem], [failureType.modelNoCredit, 'There is no credit.']);
        assert.match(mend, /Add credit.*`changeModel`.*`resume`/);
        await handle.terminate();
      },
    );
  });

  it('goes on after the signal `resume`, and waits no more', async () => {
    let isBlocked = true;
    await withExperiment(
      { ...trainings(1), ...blocked('draftPlan', () => isBlocked) },
      async (handle, { inputsOf }) => {
        await holdOf(handle);
        isBlocked = false;
        await handle.signal(resumeSignal);
        assert.equal((await handle.result()).verdict, 'goalReached');
        assert.equal((await handle.query(progressQuery)).hold, null);
        assert.ok(inputsOf('draftPlan').length >= 2);
      },
    );
  });

  it('asks other models after the update `changeModel`, and says so in the report', async () => {
    let models: unknown;
    await withExperiment(
      {
        ...trainings(1),
        async draftPlan(input) {
          models = input.models;
          if (input.models.planner !== 'local/free') throw noCredit();
          return await scriptActivities().activities.draftPlan(input);
        },
      },
      async (handle, { inputsOf }) => {
        await holdOf(handle);
        const change = { models: { planner: 'local/free' }, by: 'anna' };
        const answer = await handle.executeUpdate(changeModelUpdate, { args: [change] });
        assert.deepEqual(answer, { planner: 'local/free' });
        await handle.result();
        assert.deepEqual(models, { coder: 'openai/coder', planner: 'local/free' });
        assert.equal(inputsOf('publishReport')[0]?.['messages'], 1);
      },
      { models: { coder: 'openai/coder' } },
    );
  });

  it('refuses models that its worker cannot ask, and waits on', async () => {
    const problems = ['planner: "nobody" is no provider'];
    await withExperiment(
      {
        ...blocked('draftPlan', () => true),
        async checkModels({ roles }) {
          return roles === 'all' ? { kind: 'fit', models: {} } : { kind: 'unfit', problems };
        },
      },
      async (handle) => {
        await holdOf(handle);
        const update = handle.executeUpdate(changeModelUpdate, { args: [{ models: { planner: 'nobody/x' } }] });
        await assert.rejects(update, (error) => {
          assert.ok(error instanceof WorkflowUpdateFailedError);
          assert.match(error.cause?.message ?? '', /is no provider/);
          return true;
        });
        await holdOf(handle);
        await handle.terminate();
      },
    );
  });

  it('fails before anything is spent when its models cannot be asked at its start', async () => {
    const { activities, inputsOf } = scriptActivities({
      async checkModels() {
        return { kind: 'unfit', problems: ['planner: OPENAI_API_KEY is not set.'] };
      },
    });
    await withWorkers(await sharedEnvironment(), activities, async () => {
      await assert.rejects((await startExperiment({ idea: 'Try it.' })).result(), (error: Error) => {
        const { cause } = error;
        assert.ok(cause instanceof ApplicationFailure);
        assert.deepEqual(
          [cause.type, cause.message],
          [failureType.modelNotConfigured, 'planner: OPENAI_API_KEY is not set.'],
        );
        return true;
      });
    });
    assert.equal(inputsOf('draftPlan').length + inputsOf('surveyHost').length, 0);
  });

  it('shows what its running trial waits for, and the trial goes on after `resume`', async () => {
    let isBlocked = true;
    await withExperiment(
      { ...trainings(1), ...blocked('analyzeTrial', () => isBlocked) },
      async (handle, { inputsOf }) => {
        assert.equal((await holdOf(handle)).type, failureType.modelNoCredit);
        isBlocked = false;
        await handle.signal(resumeSignal);
        assert.equal((await handle.result()).verdict, 'goalReached');
        assert.equal(inputsOf('runTraining').length, 1);
      },
    );
  });

  it('ends with its tables when it is stopped while it waits for the words of its report', async () => {
    await withExperiment({ ...trainings(1), ...blocked('writeReport', () => true) }, async (handle, { inputsOf }) => {
      await holdOf(handle);
      await handle.signal(stopSignal, { reason: 'enough' });
      assert.equal((await handle.result()).verdict, 'goalReached');
      assert.equal(inputsOf('publishReport')[0]?.['hasNarrative'], false);
    });
  });

  it('waits after the model has refused twice, and asks in another round after `resume`', async () => {
    let refusals = 0;
    await withExperiment(
      {
        ...trainings(1),
        async draftPlan(input) {
          refusals += 1;
          if (refusals > 2) return await scriptActivities().activities.draftPlan(input);
          return { kind: 'refused', problem: 'It refuses.', spending: oneCall };
        },
      },
      async (handle, { inputsOf }) => {
        assert.equal((await holdOf(handle)).type, failureType.modelRefuses);
        await handle.signal(resumeSignal);
        await handle.result();
        assert.deepEqual(
          inputsOf('draftPlan').map(({ round }) => round),
          [1, 2, 3],
        );
      },
    );
  });

  it('waits anew, and asks no more by itself, when asking has come to cost money', async () => {
    let attempts = 0;
    await withExperiment(
      {
        async draftPlan() {
          attempts += 1;
          if (attempts <= 1) throw noCredit();
          throw ApplicationFailure.create({ type: failureType.modelKeepsBreakingOff, message: 'It breaks off.' });
        },
      },
      async (handle) => {
        await until(async () => (await holdOf(handle)).type === failureType.modelKeepsBreakingOff);
        assert.equal(attempts, 2);
        await handle.terminate();
      },
    );
  });

  it('tells the model in a trial what was said while it waited', async () => {
    let isBlocked = true;
    await withExperiment(
      { ...trainings(1), ...blocked('analyzeTrial', () => isBlocked) },
      async (handle, { inputsOf }) => {
        await holdOf(handle);
        await handle.signal(feedbackSignal, 'It is about digits.');
        await until(() => inputsOf('recordMessages').length === 1);
        isBlocked = false;
        await handle.signal(resumeSignal);
        await handle.result();
        assert.deepEqual(
          [inputsOf('analyzeTrial')[0]?.['messages'], inputsOf('analyzeTrial').at(-1)?.['messages']],
          [0, 2],
        );
      },
    );
  });

  it('does not wait for a nudge that has come while the model was still writing', async () => {
    const refusal = gate();
    let refusals = 0;
    await withExperiment(
      {
        ...trainings(1),
        async draftPlan(input) {
          refusals += 1;
          if (refusals > 2) return await scriptActivities().activities.draftPlan(input);
          if (refusals === 2) await refusal.opened;
          return { kind: 'refused', problem: 'It refuses.', spending: oneCall };
        },
      },
      async (handle) => {
        await until(() => refusals === 2);
        await handle.executeUpdate(changeModelUpdate, { args: [{ models: { planner: 'local/other' } }] });
        refusal.open();
        assert.equal((await handle.result()).verdict, 'goalReached');
      },
    );
  });

  it('continues a reply that was cut, in a round of its own', async () => {
    await withExperiment(
      {
        ...trainings(1),
        async writeTrainingScript(input) {
          if (input.continues === null) return { kind: 'cut', spending: oneCall };
          return await scriptActivities().activities.writeTrainingScript(input);
        },
      },
      async (handle, { inputsOf }) => {
        await handle.result();
        assert.deepEqual(
          inputsOf('writeTrainingScript').map(({ round, continues }) => [round, continues]),
          [
            [1, null],
            [2, 1],
          ],
        );
      },
    );
  });
});
