import assert from 'node:assert/strict';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { experiment } from '../../workflows/experiment.ts';
import {
  extendBudgetUpdate,
  feedbackSignal,
  journalQuery,
  pauseSignal,
  progressQuery,
  resumeSignal,
} from '../../workflows/messages.ts';
import { until } from '../support/run-experiment.ts';
import { measuredExecution, scriptActivities } from '../support/scripted-activities.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { createEnvironment, withWorkers } from '../support/workflow-environment.ts';

/** The server suggests a new run after so few events that an experiment passes through several. */
const fewEvents = ['--dynamic-config-value', 'limit.historyCount.suggestContinueAsNew=40'];

describe('an experiment whose history grows long', () => {
  let environment: TestWorkflowEnvironment;

  before(async () => (environment = await createEnvironment(fewEvents)));
  after(async () => await environment.teardown());

  async function start(workflowId: string) {
    return await environment.client.workflow.start<typeof experiment>('experiment', {
      taskQueue: 'experiments',
      workflowId,
      args: [{ idea: 'Try it.', budget: { trials: 500 } }],
    });
  }

  it('continues as new between trials and loses neither trials, spending, messages nor its title', async () => {
    let trained = 0;
    const { activities, inputsOf } = scriptActivities({
      async runTraining({ name }) {
        trained += 1;
        return measuredExecution(trained === 6 ? 1 : 10 - trained, name);
      },
    });
    const handle = await withWorkers(environment, activities, async () => {
      const started = await start('long-experiment');
      await started.signal(feedbackSignal, { text: 'before the first run ended', id: 'f1' });
      const result = await started.result();
      assert.equal(result.verdict, 'goalReached');
      const latest = environment.client.workflow.getHandle('long-experiment');
      const progress = await latest.query(progressQuery);
      assert.equal(progress.spending?.calls, 1 + 6 * 3 + 1);
      assert.equal((await latest.query(journalQuery)).total, 6);
      return latest;
    });

    const description = await handle.describe();
    assert.notEqual(description.runId, description.raw.workflowExecutionInfo?.firstRunId);
    assert.deepEqual(description.memo, { title: 'An experiment', files: '/experiments/an-experiment' });
    assert.deepEqual(inputsOf('publishReport')[0]?.['trials'], [1, 2, 3, 4, 5, 6]);
    assert.equal(inputsOf('publishReport')[0]?.['messages'], 1);
    assert.equal(inputsOf('openExperiment').length, 1);
  });

  it('takes each message of a burst once, in disorder and delivered twice, while it continues as new', async () => {
    const ids = Array.from({ length: 150 }, (_, index) => `m${index}`);
    const deliveries = seededRandom(7).shuffled([...ids, ...ids]);
    let isEnough = false;
    const { activities, inputsOf } = scriptActivities({
      async runTraining({ name }) {
        return measuredExecution(isEnough ? 1 : 5, name);
      },
    });
    await withWorkers(environment, activities, async () => {
      const { firstExecutionRunId } = await start('busy-experiment');
      const handle = environment.client.workflow.getHandle<typeof experiment>('busy-experiment');
      const extensions = Promise.all(
        Array.from({ length: 20 }, async (_, index) => {
          await handle.executeUpdate(extendBudgetUpdate, { args: [{ calls: 1, id: `e${index}` }] });
        }),
      );
      for (const id of deliveries) await handle.signal(feedbackSignal, { text: id, id });
      await extensions;
      await until(async () => (await handle.describe()).runId !== firstExecutionRunId);
      isEnough = true;
      await handle.result();
    });
    const recorded = inputsOf('recordMessages').flatMap(({ messages }) => messages as { id: string }[]);
    assert.deepEqual(
      recorded.map(({ id }) => id).toSorted(),
      [...ids, ...Array.from({ length: 20 }, (_, index) => `e${index}`)].toSorted(),
    );
    assert.equal(inputsOf('publishReport')[0]?.['messages'], 170);
  });

  it('continues as new while it is paused, and is paused still', async () => {
    const { activities } = scriptActivities({
      async runTraining({ name }) {
        return measuredExecution(1, name);
      },
    });
    await withWorkers(environment, activities, async () => {
      const { firstExecutionRunId } = await start('paused-experiment');
      const handle = environment.client.workflow.getHandle<typeof experiment>('paused-experiment');
      await handle.signal(pauseSignal);
      await until(async () => {
        await handle.signal(feedbackSignal, 'Are you there?');
        return (await handle.describe()).runId !== firstExecutionRunId;
      });
      await until(async () => (await handle.query(progressQuery)).stage.kind === 'paused');
      await handle.signal(resumeSignal);
      assert.equal((await handle.result()).verdict, 'goalReached');
    });
  });
});
