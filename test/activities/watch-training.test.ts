import assert from 'node:assert/strict';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ActivityCancellationDetails, CancelledFailure } from '@temporalio/common';
import { acceptExecution } from '../../activities/accept-execution.ts';
import { readExit } from '../../activities/adapters/supervised-process.ts';
import type { TrainingDependencies } from '../../activities/dependencies.ts';
import { failureType } from '../../workflows/domain/failure-type.ts';
import { failureOf } from '../support/failures.ts';
import { aPatientTraining, letGo, patient, startsIn, watchRunning } from '../support/patient-training.ts';
import { isAlive, killAll } from '../support/process-life.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { aHost, attentiveServer, endTrainings, pidsOf, placeOf, watch } from '../support/training.ts';

describe('runTraining as a watcher', () => {
  const folder = temporaryFolder(endTrainings);

  const prepare = (script = patient, overrides: Partial<TrainingDependencies> = {}) =>
    aPatientTraining(folder(), { script, ...overrides });

  describe('the watcher of a training', () => {
    it('sends its host before anything was started', async () => {
      const { dependencies, request, work } = await prepare();
      const watcher = watch(dependencies, request);
      const { host, step } = await watcher.beatWhere(() => true);
      assert.deepEqual({ host, step }, { host: 'some-host', step: null });
      await watcher.beatWhere((beat) => beat.step === 3);
      await letGo(work);
      await watcher.result;
    });

    it('shows step and metrics of the running script in its heartbeats', async () => {
      const { dependencies, request, work } = await prepare();
      const { heartbeat, result } = await watchRunning(dependencies, request);
      const { host, seed, step, metrics } = heartbeat;
      assert.deepEqual(
        { host, seed, step, metrics },
        { host: 'some-host', seed: 0, step: 3, metrics: { loss: 0.5, progress: 0.25 } },
      );
      await letGo(work);
      await result;
    });

    it('carries the first eight metrics alone, however many a script logs', async () => {
      const { dependencies, request, work } = await prepare(
        patient.replace('loss=0.5, progress=0.25', '**{f"metric_{n}": n for n in range(1000)}'),
      );
      const { heartbeat, result } = await watchRunning(dependencies, request);
      assert.equal(Object.keys(heartbeat.metrics).length, 8);
      await letGo(work);
      await result;
    });

    it('that comes second gets the same result, and the script runs once', async () => {
      const { dependencies, request, work } = await prepare();
      const first = await watchRunning(dependencies, request);
      const second = await watchRunning(dependencies, request);
      await letGo(work);
      assert.deepEqual(await second.result, await first.result);
      assert.equal((await startsIn(work)).length, 1);
    });

    it('that begins at the same moment as others gets the same result, and the script runs once', async () => {
      const { dependencies, request, work } = await prepare();
      const watchers = [1, 2, 3, 4].map(() => watch(dependencies, request));
      await watchers[0]?.beatWhere(({ step }) => step === 3);
      await letGo(work);
      const [first, ...others] = await Promise.all(watchers.map(({ result }) => result));
      for (const other of others) assert.deepEqual(other, first);
      assert.equal((await startsIn(work)).length, 1);
    });

    it('that comes after the end gets the same result, and the script runs once', async () => {
      const { dependencies, request, work } = await prepare();
      const first = await watchRunning(dependencies, request);
      await letGo(work);
      const result = await first.result;
      assert.deepEqual(await watch(dependencies, request).result, result);
      assert.equal((await startsIn(work)).length, 1);
    });

    it('finds a training that ended while nobody watched', async () => {
      const { dependencies, request, control, work } = await prepare();
      const first = await watchRunning(dependencies, request);
      first.environment.cancel('WORKER_SHUTDOWN', new ActivityCancellationDetails({ workerShutdown: true }));
      await failureOf(first.result);
      await letGo(work);
      while ((await readExit(control)) === null) await delay(20);
      const { outcome } = await watch(dependencies, request).result;
      assert.deepEqual(outcome, { kind: 'completed', metric: 2 });
    });
  });

  describe('a cancel of a training', () => {
    it('ends its process and is thrown on as a cancel', async () => {
      const { dependencies, request, work } = await prepare();
      const { environment, result } = await watchRunning(dependencies, request);
      const [pid = 0] = await startsIn(work);
      assert.equal(isAlive(pid), true);
      environment.cancel();
      await assert.rejects(result, CancelledFailure);
      assert.equal(isAlive(pid), false);
    });

    it('lets the script save and leave', async () => {
      const polite = patient.replace('longrun.finish', 'open("saved", "w").close()\nlongrun.finish');
      const { dependencies, request, work } = await prepare(polite);
      const { environment, result } = await watchRunning(dependencies, request);
      environment.cancel();
      await assert.rejects(result, CancelledFailure);
      await access(join(work, 'saved'));
    });

    it('makes a later watcher find it stopped, and nothing is started again', async () => {
      const { dependencies, request, work } = await prepare();
      const { environment, result } = await watchRunning(dependencies, request);
      environment.cancel();
      await assert.rejects(result, CancelledFailure);
      assert.deepEqual((await watch(dependencies, request).result).outcome, { kind: 'stopped' });
      assert.equal((await startsIn(work)).length, 1);
    });

    it('ends the process, too, when the server no longer knows the activity because its workflow has ended', async () => {
      const closed = { ...attentiveServer, isWorkflowClosed: async () => true };
      const { dependencies, request, work } = await prepare(patient, { openServerLine: () => closed });
      const { environment, result } = await watchRunning(dependencies, request);
      environment.cancel('NOT_FOUND', new ActivityCancellationDetails({ notFound: true }));
      await assert.rejects(result, CancelledFailure);
      assert.equal(isAlive((await startsIn(work))[0] ?? 0), false);
    });
  });

  describe('a cancel of a training that waits for a GPU', () => {
    it('is thrown on as a cancel, and the training that has the GPU goes on', async () => {
      const { slots } = aHost(folder());
      const { dependencies, request, work } = await prepare();
      const onGpu = { ...dependencies, host: aHost(folder(), { slots: slots.slice(0, 1) }) };
      const first = await watchRunning(onGpu, request);
      const second = watch(onGpu, { ...request, name: 'seed-1', seed: 1 });
      await second.beatWhere(() => true);
      await delay(500); // long enough to have been told that no GPU is free
      second.environment.cancel();
      await assert.rejects(second.result, CancelledFailure);
      await assert.rejects(startsIn(placeOf(onGpu, { ...request, name: 'seed-1' }).work), { code: 'ENOENT' });
      await letGo(work);
      assert.equal((await first.result).outcome.kind, 'completed');
    });
  });

  describe('what is no cancel of a training', () => {
    it('leaves it running when the worker shuts down, and says where it is', async () => {
      const { dependencies, request, work } = await prepare();
      const { environment, result } = await watchRunning(dependencies, request);
      environment.cancel('WORKER_SHUTDOWN', new ActivityCancellationDetails({ workerShutdown: true }));
      const { type, nonRetryable, details } = await failureOf(result);
      assert.deepEqual(
        { type, nonRetryable, details },
        { type: failureType.watcherShutDown, nonRetryable: false, details: [{ host: 'some-host' }] },
      );
      assert.equal(isAlive((await startsIn(work))[0] ?? 0), true);
    });
  });

  describe('a training whose processes were all killed', () => {
    it('is started again in its folder by the next watcher, and its log goes on', async () => {
      const { dependencies, request, control, work } = await prepare();
      const first = await watchRunning(dependencies, request);
      first.environment.cancel('WORKER_SHUTDOWN', new ActivityCancellationDetails({ workerShutdown: true }));
      await failureOf(first.result);
      await killAll(await pidsOf(control));
      await letGo(work);
      const { outcome, host, log } = await watch(dependencies, request).result;
      await acceptExecution(dependencies, { ...request, placement: 1, host });
      assert.deepEqual(outcome, { kind: 'completed', metric: 2 });
      assert.equal((await startsIn(work)).length, 2);
      const text = await dependencies.artifacts.folder('digits').read(log.path);
      assert.equal(text.match(/^step 3: /gm)?.length, 2);
    });
  });
});
