import assert from 'node:assert/strict';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import type { temporal } from '@temporalio/proto';
import { failureType } from '../../workflows/domain/failure-type.ts';
import { trialWorkflowId } from '../../workflows/domain/trial.ts';
import {
  extendBudgetUpdate,
  feedbackSignal,
  pauseSignal,
  progressQuery,
  resumeSignal,
  stopSignal,
} from '../../workflows/messages.ts';
import { pausableTrainings } from '../support/pausable-trainings.ts';
import { sharedEnvironment } from '../support/root-hooks.ts';
import { gate, trainings, until } from '../support/run-experiment.ts';
import { measuredExecution, scriptActivities } from '../support/scripted-activities.ts';
import { withExperiment } from '../support/steered-experiment.ts';
import { testHost } from '../support/workflow-environment.ts';

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

/** Whether there is such an event in the first trial. */
async function hasHappened(experiment: string, isSuch: (event: HistoryEvent) => boolean): Promise<boolean> {
  const { client } = await sharedEnvironment();
  const { events } = await client.workflow.getHandle(trialWorkflowId(experiment, 1)).fetchHistory();
  return (events ?? []).some(isSuch);
}

const isGuidance = (event: HistoryEvent) => event.workflowExecutionSignaledEventAttributes?.signalName === 'guidance';
const isReply = (event: HistoryEvent) => event.activityTaskCompletedEventAttributes != null;

describe('an experiment that is paused at once', () => {
  it('has its trainings stopped at a checkpoint, and on resume goes on with them on their host', async () => {
    const trainings = pausableTrainings();
    await withExperiment(
      trainings.activities,
      async (handle, { inputsOf }) => {
        await until(() => trainings.running.size === 2);
        await handle.signal(pauseSignal, { when: 'now', by: 'anna' });
        await until(() => trainings.ends.length === 2);
        assert.deepEqual(trainings.ends, ['paused', 'paused']);
        assert.deepEqual((await handle.query(progressQuery)).pause, { when: 'now' });
        trainings.finish();
        await handle.signal(resumeSignal);
        assert.equal((await handle.result()).verdict, 'goalReached');
        assert.deepEqual(trainings.ends, ['paused', 'paused', 'measured', 'measured']);
        assert.equal(trainings.marked.size, 0);
        assert.equal(inputsOf('writeTrainingScript').length, 1);
      },
      { seeds: 2 },
    );
  });

  it('begins no step after the one in hand: a reply that arrives then is kept, and used only on resume', async () => {
    const writing = gate();
    const works = scriptActivities().activities;
    await withExperiment(
      {
        ...trainings(1),
        async writeTrainingScript(input) {
          await writing.opened;
          return await works.writeTrainingScript(input);
        },
      },
      async (handle, { inputsOf }) => {
        await until(() => inputsOf('writeTrainingScript').length === 1);
        await handle.signal(pauseSignal, { when: 'now' });
        await until(() => hasHappened(handle.workflowId, isGuidance));
        writing.open();
        await until(() => hasHappened(handle.workflowId, isReply));
        // By the time that this is on disk the trial would have gone on.
        await handle.signal(feedbackSignal, 'Are you there?');
        await until(() => inputsOf('recordMessages').length === 2);
        assert.equal(inputsOf('checkTrainingScript').length, 0);
        await handle.signal(resumeSignal);
        assert.equal((await handle.result()).verdict, 'goalReached');
        assert.equal(inputsOf('writeTrainingScript').length, 1);
      },
    );
  });

  it('does not end by itself, though its budget is spent, and goes on with more of it', async () => {
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
        await handle.signal(pauseSignal);
        await until(async () => (await handle.query(progressQuery)).isPaused);
        training.open();
        await until(async () => (await handle.query(progressQuery)).stage.kind === 'paused');
        await handle.executeUpdate(extendBudgetUpdate, { args: [{ trials: 1 }] });
        await handle.signal(resumeSignal);
        assert.equal((await handle.result()).verdict, 'goalReached');
        assert.equal((await handle.query(progressQuery)).trials, 2);
      },
      { budget: { trials: 1 } },
    );
  });

  it('has what a paused training has written published when it is stopped, counts it, and takes the marker away', async () => {
    const trainings = pausableTrainings();
    await withExperiment(trainings.activities, async (handle, { inputsOf }) => {
      await until(() => trainings.running.size === 1);
      await handle.signal(pauseSignal, { when: 'now' });
      await until(() => trainings.ends.length === 1);
      await handle.signal(stopSignal);
      await handle.result();
      assert.deepEqual(
        inputsOf('acceptExecution').map(({ name }) => name),
        ['rehearsal-1', 'seed-0'],
      );
      assert.equal(trainings.marked.size, 0);
      assert.equal((await handle.query(progressQuery)).spending?.trainingSeconds, 91);
    });
  });

  it('ends with a report on stop, with nothing running', async () => {
    const trainings = pausableTrainings();
    await withExperiment(trainings.activities, async (handle, { inputsOf }) => {
      await until(() => trainings.running.size === 1);
      await handle.signal(pauseSignal, { when: 'now' });
      await until(() => trainings.ends.length === 1);
      await handle.signal(stopSignal, { by: 'bob', reason: 'enough' });
      assert.equal((await handle.result()).verdict, 'stopped');
      assert.deepEqual([trainings.ends, trainings.running.size], [['paused'], 0]);
      assert.match(JSON.stringify(inputsOf('recordTrial')[0]), /stopped by bob: enough/);
    });
  });

  it('ends on cancel, with nothing running', async () => {
    const trainings = pausableTrainings();
    await withExperiment(trainings.activities, async (handle) => {
      await until(() => trainings.running.size === 1);
      await handle.signal(pauseSignal, { when: 'now' });
      await until(() => trainings.ends.length === 1);
      await handle.cancel();
      await assert.rejects(handle.result(), (error: Error) => error.cause instanceof CancelledFailure);
      assert.equal(trainings.running.size, 0);
    });
  });

  it('has a training looked for whose watcher was lost before it could be paused', async () => {
    const trainings = pausableTrainings();
    const lost = gate();
    let watchers = 0;
    await withExperiment(
      {
        ...trainings.activities,
        async runTraining(request) {
          watchers += 1;
          if (watchers > 1) return await trainings.activities.runTraining(request);
          await lost.opened;
          const details = [{ host: testHost }];
          throw ApplicationFailure.create({ type: failureType.watcherShutDown, message: 'The worker ends.', details });
        },
      },
      async (handle) => {
        await until(() => watchers === 1);
        await handle.signal(pauseSignal, { when: 'now' });
        await until(() => trainings.marked.size === 1);
        lost.open();
        await until(() => trainings.ends.length === 1);
        assert.deepEqual(trainings.ends, ['paused']);
        trainings.finish();
        await handle.signal(resumeSignal);
        assert.equal((await handle.result()).verdict, 'goalReached');
      },
    );
  });
});
