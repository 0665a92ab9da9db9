import assert from 'node:assert/strict';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { spendingOf } from '../../workflows/domain/budget.ts';
import { budgetQuery, extendBudgetUpdate } from '../../workflows/messages.ts';
import { gate, trainings, until } from '../support/run-experiment.ts';
import { oneCall, scriptActivities } from '../support/scripted-activities.ts';
import { blocked, holdOf, withExperiment } from '../support/steered-experiment.ts';

describe('an experiment and its budget', () => {
  const overBudget = { kind: 'overBudget', shortage: 'nothing is left', spending: { ...oneCall, calls: 0 } } as const;

  it('tells each call what may still be spent', async () => {
    await withExperiment(
      trainings(1),
      async (handle, { inputsOf }) => {
        await handle.result();
        const calls = ['draftPlan', 'writeTrainingScript', 'summarizeLog', 'analyzeTrial', 'writeReport'] as const;
        const left = calls.map((activity) => inputsOf(activity)[0]?.['allowance']);
        assert.deepEqual(
          left,
          [950, 935, 920, 905, 1000 - 60].map((tokens) => ({ tokens, usd: null, calls: null })),
        );
      },
      { budget: { tokens: 1000 } },
    );
  });

  it('finishes with what it has when a call does not fit any more', async () => {
    await withExperiment(
      {
        ...trainings(5),
        async writeTrainingScript(input) {
          if (input.number === 2) return overBudget;
          return await scriptActivities().activities.writeTrainingScript(input);
        },
        async analyzeTrial(input) {
          if (input.number === 2) return overBudget;
          return await scriptActivities().activities.analyzeTrial(input);
        },
      },
      async (handle) => {
        const { verdict, bestTrial } = await handle.result();
        assert.deepEqual([verdict, bestTrial?.trial], ['budgetSpent', 1]);
      },
    );
  });

  it('goes on where it was extended while the trial that had too little was being recorded', async () => {
    const recording = gate();
    await withExperiment(
      {
        ...trainings(1),
        async writeTrainingScript(input) {
          if (input.number === 1) return overBudget;
          return await scriptActivities().activities.writeTrainingScript(input);
        },
        async recordTrial() {
          await recording.opened;
        },
      },
      async (handle, { inputsOf }) => {
        await until(() => inputsOf('recordTrial').length === 1);
        await handle.executeUpdate(extendBudgetUpdate, { args: [{ tokens: 1000 }] });
        recording.open();
        assert.equal((await handle.result()).verdict, 'goalReached');
      },
      { budget: { tokens: 1000 } },
    );
  });

  it('waits to be given more where it is told to, and goes on after `extendBudget`', async () => {
    let isSpent = true;
    await withExperiment(
      {
        ...trainings(1),
        async writeTrainingScript(input) {
          if (isSpent) return overBudget;
          return await scriptActivities().activities.writeTrainingScript(input);
        },
      },
      async (handle) => {
        assert.equal((await holdOf(handle)).type, 'Budget.Spent');
        isSpent = false;
        const added = await handle.executeUpdate(extendBudgetUpdate, { args: [{ tokens: 500, by: 'anna' }] });
        assert.deepEqual(added, { tokens: 500 });
        assert.equal((await handle.query(budgetQuery))?.budget.tokens, 1500);
        assert.equal((await handle.result()).verdict, 'goalReached');
      },
      { budget: { tokens: 1000, whenSpent: 'wait' } },
    );
  });

  it('waits between trials where it is told to, and makes the trials that it is given', async () => {
    await withExperiment(
      trainings(5, 1),
      async (handle) => {
        assert.match((await holdOf(handle)).problem, /all 1 trials are used/);
        await handle.executeUpdate(extendBudgetUpdate, { args: [{ trials: 1 }] });
        const { verdict, bestTrial } = await handle.result();
        assert.deepEqual([verdict, bestTrial?.trial], ['goalReached', 2]);
      },
      { budget: { trials: 1, whenSpent: 'wait' } },
    );
  });

  it('refuses an extension that makes no sense', async () => {
    await withExperiment(
      blocked('draftPlan', () => true),
      async (handle) => {
        const update = handle.executeUpdate(extendBudgetUpdate, { args: [{ tokens: -5 }] });
        await assert.rejects(update, (error) => {
          assert.ok(error instanceof WorkflowUpdateFailedError);
          assert.match(error.cause?.message ?? '', /tokens: must be a positive whole number/);
          return true;
        });
        await handle.terminate();
      },
    );
  });

  it('sums what each role has spent, the running trial included', async () => {
    const analysis = gate();
    await withExperiment(
      {
        ...trainings(1),
        async writeTrainingScript(input) {
          const written = await scriptActivities().activities.writeTrainingScript(input);
          return { ...written, spending: spendingOf('coder', { ...oneCall, calls: 2 }) };
        },
        async analyzeTrial(input) {
          await analysis.opened;
          return await scriptActivities().activities.analyzeTrial(input);
        },
      },
      async (handle) => {
        await until(async () => (await handle.query(budgetQuery))?.spending.calls === 4);
        analysis.open();
        await handle.result();
        const { spending } = (await handle.query(budgetQuery)) ?? assert.fail();
        assert.deepEqual([spending.calls, spending.byRole.analyst?.calls, spending.byRole.coder?.calls], [6, 4, 2]);
      },
    );
  });
});
