import assert from 'node:assert/strict';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { experiment } from '../../workflows/experiment.ts';
import { feedbackSignal, journalQuery, progressQuery } from '../../workflows/messages.ts';
import { measuredExecution, scriptActivities } from '../support/scripted-activities.ts';
import { createEnvironment, withWorkers } from '../support/workflow-environment.ts';

/** The server suggests a new run after so few events that an experiment passes through several. */
const fewEvents = ['--dynamic-config-value', 'limit.historyCount.suggestContinueAsNew=40'];

describe('an experiment whose history grows long', () => {
  let environment: TestWorkflowEnvironment;

  before(async () => (environment = await createEnvironment(fewEvents)));
  after(async () => await environment.teardown());

  it('continues as new between trials and loses neither trials, spending, messages nor its title', async () => {
    let trained = 0;
    const { activities, inputsOf } = scriptActivities({
      async runTraining({ name }) {
        trained += 1;
        return measuredExecution(trained === 6 ? 1 : 10 - trained, name);
      },
    });
    const handle = await withWorkers(environment, activities, async () => {
      const started = await environment.client.workflow.start<typeof experiment>('experiment', {
        taskQueue: 'experiments',
        workflowId: 'long-experiment',
        args: [{ idea: 'Try it.' }],
      });
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
    assert.equal(description.memo?.['title'], 'An experiment');
    assert.deepEqual(inputsOf('publishReport')[0]?.['trials'], [1, 2, 3, 4, 5, 6]);
    assert.equal(inputsOf('publishReport')[0]?.['messages'], 1);
    assert.equal(inputsOf('openExperiment').length, 1);
  });
});
