import assert from 'node:assert/strict';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { CancelledFailure } from '@temporalio/common';
import {
  abandonTrialUpdate,
  decideUpdate,
  feedbackSignal,
  planQuery,
  progressQuery,
  revisePlanUpdate,
  stopSignal,
} from '../../workflows/messages.ts';
import { gate, trainings, trainUntilCancelled, until } from '../support/run-experiment.ts';
import { measuredExecution, oneCall } from '../support/scripted-activities.ts';
import { testHost } from '../support/workflow-environment.ts';
import { holdOf, untilAsked, withExperiment } from '../support/steered-experiment.ts';

const aPlan = '# Mine\n\nTry less.\n';

async function refusal(update: Promise<unknown>): Promise<string> {
  try {
    await update;
  } catch (error) {
    assert.ok(error instanceof WorkflowUpdateFailedError);
    return error.cause?.message ?? '';
  }
  assert.fail('the update was taken');
}

describe('an experiment whose plans are to be approved', () => {
  it('begins no trial before the plan is approved', async () => {
    await withExperiment(
      trainings(1),
      async (handle, { inputsOf }) => {
        const { decision } = await holdOf(handle);
        assert.deepEqual(decision, { id: 'plan-1', choices: ['approve', 'revise', 'stop'] });
        assert.equal(inputsOf('writeTrainingScript').length, 0);
        await handle.executeUpdate(decideUpdate, { args: [{ id: 'plan-1', choice: 'approve', by: 'anna' }] });
        assert.equal((await handle.result()).verdict, 'goalReached');
        assert.match(JSON.stringify(inputsOf('recordMessages')), /"decision":"plan-1","choice":"approve","by":"anna"/);
      },
      { approvals: ['plan'] },
    );
  });

  it('has another plan made that is not approved, with what people said of it, and asks again', async () => {
    await withExperiment(
      trainings(1),
      async (handle, { inputsOf }) => {
        await holdOf(handle);
        await handle.signal(feedbackSignal, 'Fewer steps, please.');
        await handle.executeUpdate(decideUpdate, { args: [{ id: 'plan-1', choice: 'revise', by: 'anna' }] });
        await untilAsked(handle, 'plan-2');
        const [revision] = inputsOf('revisePlan');
        assert.deepEqual([revision?.['messages'], revision?.['reason']], [2, 'anna did not approve version 1']);
        await handle.executeUpdate(decideUpdate, { args: [{ id: 'plan-2', choice: 'approve' }] });
        await handle.result();
        assert.equal((await handle.query(planQuery))?.plan.version, 2);
      },
      { approvals: ['plan'] },
    );
  });

  it('asks again about a plan that the planner could not better', async () => {
    await withExperiment(
      {
        ...trainings(1),
        async revisePlan() {
          return { kind: 'unusable', problems: ['no JSON'], spending: oneCall, isTruncated: false } as never;
        },
      },
      async (handle) => {
        await holdOf(handle);
        await handle.executeUpdate(decideUpdate, { args: [{ id: 'plan-1', choice: 'revise' }] });
        await untilAsked(handle, 'plan-1-2');
        assert.equal((await handle.query(planQuery))?.plan.version, 1);
        await handle.signal(stopSignal);
        await handle.result();
      },
      { approvals: ['plan'] },
    );
  });

  it('ends when it is decided to stop', async () => {
    await withExperiment(
      {},
      async (handle, { inputsOf }) => {
        await holdOf(handle);
        await handle.executeUpdate(decideUpdate, { args: [{ id: 'plan-1', choice: 'stop', by: 'anna' }] });
        assert.equal((await handle.result()).verdict, 'stopped');
        assert.equal(inputsOf('writeTrainingScript').length, 0);
      },
      { approvals: ['plan'] },
    );
  });

  it('follows the plan of a person without a question', async () => {
    await withExperiment(
      trainings(1),
      async (handle, { inputsOf }) => {
        await holdOf(handle);
        const taken = await handle.executeUpdate(revisePlanUpdate, { args: [{ plan: aPlan, by: 'anna' }] });
        assert.deepEqual(taken, { message: 1, applies: 'before the next trial' });
        await handle.result();
        assert.deepEqual(
          inputsOf('adoptPlan').map(({ message, version }) => [message, version]),
          [[1, 2]],
        );
        assert.equal(inputsOf('writeTrainingScript')[0]?.['planVersion'], 2);
      },
      { approvals: ['plan'] },
    );
  });

  it('refuses a decision that nobody asked for', async () => {
    await withExperiment(
      trainings(1),
      async (handle) => {
        await holdOf(handle);
        const update = handle.executeUpdate(decideUpdate, { args: [{ id: 'plan-9', choice: 'approve' }] });
        assert.match(await refusal(update), /nobody asked for the decision plan-9: what is waited for is plan-1/);
        await handle.executeUpdate(decideUpdate, { args: [{ id: 'plan-1', choice: 'approve' }] });
        await handle.result();
      },
      { approvals: ['plan'] },
    );
  });
});

const blockedAnalysis = {
  async analyzeTrial({ number }: { number: number }) {
    const value = { finding: 'x', verdict: number === 1 ? 'blocked' : 'continue', reason: 'no data', taskUpdates: [] };
    return { kind: 'usable', value, spending: oneCall } as never;
  },
};

describe('an experiment that is to ask before it ends blocked', () => {
  it('goes on when it is told to', async () => {
    await withExperiment(
      { ...trainings(5, 1), ...blockedAnalysis },
      async (handle) => {
        assert.deepEqual((await holdOf(handle)).decision, { id: 'blocked-1', choices: ['continue', 'finish'] });
        await handle.executeUpdate(decideUpdate, { args: [{ id: 'blocked-1', choice: 'continue' }] });
        assert.equal((await handle.result()).verdict, 'goalReached');
      },
      { approvals: ['blocked'] },
    );
  });

  it('ends as blocked when it is told to finish', async () => {
    await withExperiment(
      { ...trainings(5), ...blockedAnalysis },
      async (handle) => {
        await holdOf(handle);
        await handle.executeUpdate(decideUpdate, { args: [{ id: 'blocked-1', choice: 'finish' }] });
        assert.equal((await handle.result()).verdict, 'blocked');
      },
      { approvals: ['blocked'] },
    );
  });
});

describe('an experiment whose plan or trial a person changes', () => {
  it('follows another plan from the next trial on, and lets the running one end', async () => {
    const training = gate();
    await withExperiment(
      {
        async runTraining({ trial, name }) {
          await training.opened;
          return measuredExecution(trial === 1 ? 5 : 1, name);
        },
      },
      async (handle, { inputsOf }) => {
        await until(() => inputsOf('runTraining').length === 1);
        await handle.executeUpdate(revisePlanUpdate, { args: [{ reason: 'it is stale', by: 'anna' }] });
        training.open();
        await handle.result();
        assert.equal(inputsOf('revisePlan')[0]?.['reason'], 'anna asked for it: it is stale');
        assert.deepEqual(
          inputsOf('writeTrainingScript').map(({ planVersion }) => planVersion),
          [1, 2],
        );
      },
    );
  });

  it('ends the trial that is abandoned, counts what it has used, and begins the next', async () => {
    let cancellations = 0;
    const untilCancelled = trainUntilCancelled(() => (cancellations += 1));
    await withExperiment(
      {
        async runTraining(request) {
          if (request.trial > 1) return measuredExecution(1, request.name);
          await untilCancelled.runTraining(request).catch(() => undefined);
          throw new CancelledFailure('The training is stopped.', [{ host: testHost }]);
        },
      },
      async (handle, { inputsOf }) => {
        await until(() => inputsOf('runTraining').length === 1);
        assert.match(
          await refusal(handle.executeUpdate(abandonTrialUpdate, { args: [{ trial: 4 }] })),
          /trial 4 is not running: trial 1 is/,
        );
        await handle.executeUpdate(abandonTrialUpdate, { args: [{ trial: 1, by: 'anna', reason: 'hopeless' }] });
        assert.equal((await handle.result()).verdict, 'goalReached');
        assert.equal(cancellations, 1);
        assert.match(JSON.stringify(inputsOf('recordTrial')[0]), /abandoned by anna: hopeless/);
        const { trials, spending } = await handle.query(progressQuery);
        assert.equal(
          inputsOf('acceptExecution').filter(({ trial, name }) => trial === 1 && name === 'seed-0').length,
          1,
        );
        // 90 seconds until it was stopped, a rehearsal of each trial, and the training of the second.
        assert.deepEqual([trials, spending?.trainingSeconds], [2, 90 + 2 + 1]);
      },
    );
  });
});
