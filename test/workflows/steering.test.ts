import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { CancelledFailure } from '@temporalio/common';
import type { ExperimentResult } from '../../workflows/experiment.ts';
import {
  changeModelUpdate,
  feedbackSignal,
  journalQuery,
  pauseSignal,
  planQuery,
  progressQuery,
  resumeSignal,
  stopSignal,
} from '../../workflows/messages.ts';
import type { Models } from '../../workflows/schema/models.ts';
import { sharedEnvironment } from '../support/root-hooks.ts';
import { gate, startExperiment, trainings, trainUntilCancelled, until } from '../support/run-experiment.ts';
import { measuredExecution, scriptActivities } from '../support/scripted-activities.ts';
import { withWorkers } from '../support/workflow-environment.ts';

describe('an experiment and its people', () => {
  it('begins no new trial while it is paused, and goes on when it is resumed', async () => {
    const training = gate();
    const { activities, inputsOf } = scriptActivities({
      async runTraining({ name }) {
        await training.opened;
        return measuredExecution(inputsOf('runTraining').length === 1 ? 5 : 1, name);
      },
    });
    await withWorkers(await sharedEnvironment(), activities, async () => {
      const handle = await startExperiment({ idea: 'Try it.' });
      await until(() => inputsOf('runTraining').length === 1);
      await handle.signal(pauseSignal, { by: 'anna' });
      training.open();
      await until(async () => (await handle.query(progressQuery)).stage.kind === 'paused');
      await delay(300);
      assert.equal(inputsOf('writeTrainingScript').length, 1);
      await handle.signal(resumeSignal);
      assert.equal((await handle.result()).verdict, 'goalReached');
    });
    const kinds = inputsOf('recordMessages').flatMap(({ messages }) =>
      (messages as { kind: string }[]).map(({ kind }) => kind),
    );
    assert.deepEqual(kinds, ['pause', 'resume']);
  });

  it('puts feedback on disk word for word while a trial runs, and the next prompt of that trial knows of it', async () => {
    const training = gate();
    const { activities, inputsOf } = scriptActivities({
      async runTraining({ name }) {
        await training.opened;
        return measuredExecution(1, name);
      },
    });
    await withWorkers(await sharedEnvironment(), activities, async () => {
      const handle = await startExperiment({ idea: 'Try it.' });
      await until(() => inputsOf('runTraining').length === 1);
      await handle.signal(feedbackSignal, 'Mind the "learning rate" — ü!');
      await until(() => inputsOf('recordMessages').length === 1);
      training.open();
      await handle.result();
    });
    assert.match(JSON.stringify(inputsOf('recordMessages')[0]), /Mind the \\"learning rate\\" — ü!/);
    assert.equal(inputsOf('writeTrainingScript')[0]?.['messages'], 0);
    assert.equal(inputsOf('summarizeLog')[0]?.['messages'], 1);
    assert.equal(inputsOf('publishReport')[0]?.['messages'], 1);
  });

  it('takes a signal that makes no sense as a refused message and goes on', async () => {
    const training = gate();
    const { activities, inputsOf } = scriptActivities({
      async runTraining({ name }) {
        await training.opened;
        return measuredExecution(1, name);
      },
    });
    await withWorkers(await sharedEnvironment(), activities, async () => {
      const handle = await startExperiment({ idea: 'Try it.' });
      await until(() => inputsOf('runTraining').length === 1);
      await handle.signal('feedback', [1, 2, { deep: null }]);
      await handle.signal('pause', { when: 'yesterday' });
      await handle.signal('stop', 42);
      await until(() => inputsOf('recordMessages').flatMap(({ messages }) => messages as unknown[]).length === 3);
      training.open();
      assert.equal((await handle.result()).verdict, 'goalReached');
    });
    const messages = inputsOf('recordMessages').flatMap((input) => input['messages'] as { kind: string }[]);
    assert.deepEqual(
      messages.map(({ kind }) => kind),
      ['refused', 'refused', 'refused'],
    );
  });

  it('counts a feedback once that was delivered twice under one id', async () => {
    const training = gate();
    const { activities, inputsOf } = scriptActivities({
      async runTraining({ name }) {
        await training.opened;
        return measuredExecution(1, name);
      },
    });
    await withWorkers(await sharedEnvironment(), activities, async () => {
      const handle = await startExperiment({ idea: 'Try it.' });
      await until(() => inputsOf('runTraining').length === 1);
      await handle.signal(feedbackSignal, { text: 'once', id: 'a' });
      await handle.signal(feedbackSignal, { text: 'once', id: 'a' });
      await handle.signal(feedbackSignal, { text: 'twice', id: 'b' });
      await until(() => inputsOf('recordMessages').flatMap(({ messages }) => messages as unknown[]).length >= 2);
      training.open();
      await handle.result();
    });
    assert.equal(inputsOf('publishReport')[0]?.['messages'], 2);
  });

  it('ends the running training on stop and finishes with a report', async () => {
    let cancellations = 0;
    const { activities, inputsOf } = scriptActivities(trainUntilCancelled(() => (cancellations += 1)));
    const result = await withWorkers(await sharedEnvironment(), activities, async () => {
      const handle = await startExperiment({ idea: 'Try it.' });
      await until(() => inputsOf('runTraining').length === 1);
      await handle.signal(stopSignal, { reason: 'enough', by: 'bob' });
      return await handle.result();
    });
    assert.equal(result.verdict, 'stopped');
    assert.equal(cancellations, 1);
    assert.match(JSON.stringify(inputsOf('publishReport')[0]?.['conclusion']), /bob asked to stop: enough/);
    assert.equal(inputsOf('publishReport')[0]?.['hasNarrative'], true);
  });

  it('ends on cancel only after its training was told to stop', async () => {
    let cancellations = 0;
    const { activities, inputsOf } = scriptActivities(trainUntilCancelled(() => (cancellations += 1)));
    await withWorkers(await sharedEnvironment(), activities, async () => {
      const handle = await startExperiment({ idea: 'Try it.' });
      await until(() => inputsOf('runTraining').length === 1);
      await handle.cancel();
      await assert.rejects(handle.result(), (error: Error) => error.cause instanceof CancelledFailure);
    });
    assert.equal(cancellations, 1);
    assert.equal(inputsOf('writeReport').length, 0);
  });

  it('answers its queries after its end', async () => {
    const { activities } = scriptActivities(trainings(6, 1));
    await withWorkers(await sharedEnvironment(), activities, async () => {
      const handle = await startExperiment({ idea: 'Try it.' });
      const result: ExperimentResult = await handle.result();
      const progress = await handle.query(progressQuery);
      assert.equal(progress.stage.kind, 'finished');
      assert.deepEqual(progress.best, result.bestTrial);
      const page = await handle.query(journalQuery, { from: 2, limit: 5 });
      assert.deepEqual([page.total, page.from, page.entries.map(({ trial }) => trial)], [2, 2, [2]]);
      assert.equal((await handle.query(planQuery))?.path, 'plans/PLAN-001.md');
    });
  });

  it('asks the model that was named last, whichever check has ended first', async () => {
    const [training, slow] = [gate(), gate()];
    const { activities, inputsOf } = scriptActivities({
      async runTraining({ name }) {
        await training.opened;
        return measuredExecution(1, name);
      },
      async checkModels(input) {
        const models = input.models as Models;
        if (models.analyst === 'a/first') await slow.opened;
        return { kind: 'fit', models };
      },
    });
    await withWorkers(await sharedEnvironment(), activities, async () => {
      const handle = await startExperiment({ idea: 'Try it.' });
      await until(() => inputsOf('runTraining').length === 1);
      const change = (analyst: string) => handle.executeUpdate(changeModelUpdate, { args: [{ models: { analyst } }] });
      const first = change('a/first');
      await until(() => inputsOf('checkModels').length === 2);
      const second = change('b/second');
      slow.open();
      await Promise.all([first, second]);
      training.open();
      await handle.result();
      assert.equal((await handle.query(progressQuery)).models?.analyst, 'b/second');
    });
  });

  it('takes what is said before it begins in the order in which it was said', async () => {
    const { activities } = scriptActivities({});
    const handle = await startExperiment({ idea: 'Try it.' });
    await handle.signal(resumeSignal);
    await handle.signal(pauseSignal);
    await withWorkers(await sharedEnvironment(), activities, async () => {
      await until(async () => (await handle.query(progressQuery)).stage.kind === 'paused');
      const { recentMessages } = await handle.query(progressQuery);
      assert.deepEqual(
        recentMessages.map(({ kind }) => kind),
        ['resume', 'pause'],
      );
      await handle.terminate();
    });
  });
});
