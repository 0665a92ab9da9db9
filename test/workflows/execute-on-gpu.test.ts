import assert from 'node:assert/strict';
import { ApplicationFailure } from '@temporalio/common';
import { runToEnd } from '../support/run-experiment.ts';
import { measuredExecution } from '../support/scripted-activities.ts';

describe('an execution whose watcher is lost', () => {
  it('looks for a training on its own host when the watcher there shut down', async () => {
    let watchers = 0;
    const { inputsOf, result } = await runToEnd({
      async runTraining({ name }) {
        watchers += 1;
        if (watchers === 1) {
          throw ApplicationFailure.create({ type: 'Execution.WatcherShutDown', details: [{ host: 'test-host' }] });
        }
        return measuredExecution(1, name);
      },
    });
    assert.equal(result.verdict, 'goalReached');
    assert.equal(inputsOf('runTraining').length, 2);
  });

  it('tries again after a fault of the host, without a new script', async () => {
    let watchers = 0;
    const { inputsOf, result } = await runToEnd({
      async runTraining({ name }) {
        watchers += 1;
        if (watchers === 1) throw ApplicationFailure.create({ type: 'Execution.SupervisorFailed' });
        return measuredExecution(1, name);
      },
    });
    assert.equal(result.verdict, 'goalReached');
    assert.equal(inputsOf('writeTrainingScript').length, 1);
  });
});
