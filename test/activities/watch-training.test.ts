import assert from 'node:assert/strict';
import { access, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ActivityCancellationDetails, CancelledFailure } from '@temporalio/common';
import { acceptExecution } from '../../activities/accept-execution.ts';
import { readExit } from '../../activities/adapters/supervised-process.ts';
import type { TrainingDependencies } from '../../activities/dependencies.ts';
import type { ExecutionRequest } from '../../activities/run-training.ts';
import { failureType } from '../../workflows/domain/failure-type.ts';
import { failureOf } from '../support/failures.ts';
import { isAlive, killAll } from '../support/process-life.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import {
  aHost,
  aRequest,
  attentiveServer,
  endTrainings,
  hostDependencies,
  pidsOf,
  placeOf,
  watch,
} from '../support/training.ts';

/** A watcher of a training that runs and has logged. */
async function watchRunning(dependencies: TrainingDependencies, request: ExecutionRequest, info = {}) {
  const watcher = watch(dependencies, request, info);
  const heartbeat = await watcher.beatWhere(({ step }) => step === 3);
  return { ...watcher, heartbeat };
}

/** An activity whose heartbeats must be heard often. */
const soonGivenUp = { heartbeatTimeoutMs: 3000 };

const startsIn = async (work: string) => (await readFile(join(work, 'starts'), 'utf8')).trim().split('\n').map(Number);

const letGo = (work: string) => writeFile(join(work, 'go'), '');

describe('runTraining as a watcher', () => {
  const folder = temporaryFolder(endTrainings);

  /** Notes each start and its pid, logs once, and waits for a file `go` or a request to stop before it ends. */
  const patient = `
import os, time, longrun
with open("starts", "a") as file:
    file.write(f"{os.getpid()}\\n")
longrun.log(3, loss=0.5, progress=0.25)
while not os.path.exists("go") and not longrun.should_stop():
    time.sleep(0.02)
longrun.finish(val_error=2)
`;

  async function prepare(script = patient, overrides: Partial<TrainingDependencies> = {}) {
    const dependencies = hostDependencies(folder(), overrides);
    const request = await aRequest(dependencies, script);
    const { control, work } = placeOf(dependencies, request);
    return { dependencies, request, control, work };
  }

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

  describe('a watcher that the server has given up', () => {
    it('leaves the training running while its workflow goes on', async () => {
      const { dependencies, request, work } = await prepare();
      const { environment, result } = await watchRunning(dependencies, request);
      environment.cancel('NOT_FOUND', new ActivityCancellationDetails({ notFound: true }));
      await assert.rejects(result, CancelledFailure);
      assert.equal(isAlive((await startsIn(work))[0] ?? 0), true);
    });

    it('leaves it running, too, when it learns so by its own heartbeat, and says where it is', async () => {
      let answer: 'acknowledged' | 'unknown' = 'acknowledged';
      const forgetful = { ...attentiveServer, sendHeartbeat: async () => answer };
      const { dependencies, request, work } = await prepare(patient, { openServerLine: () => forgetful });
      const { result } = await watchRunning(dependencies, request);
      answer = 'unknown';
      const { type, details } = await failureOf(result);
      assert.deepEqual({ type, details }, { type: failureType.watcherShutDown, details: [{ host: 'some-host' }] });
      assert.equal(isAlive((await startsIn(work))[0] ?? 0), true);
    });

    it('starts nothing when not even its first heartbeat was heard', async () => {
      const deaf = { ...attentiveServer, sendHeartbeat: () => Promise.reject(new Error('no answer')) };
      const { dependencies, request, work } = await prepare(patient, { openServerLine: () => deaf });
      assert.equal(
        (await failureOf(watch(dependencies, request, soonGivenUp).result)).type,
        failureType.watcherShutDown,
      );
      await assert.rejects(startsIn(work), { code: 'ENOENT' });
    });

    it('watches on while nobody answers, whatever the timer of the SDK says, and has the result', async () => {
      let isCut = false;
      const cut = {
        ...attentiveServer,
        sendHeartbeat: async () => {
          if (isCut) throw new Error('no answer');
          return 'acknowledged' as const;
        },
      };
      const { dependencies, request, work } = await prepare(patient, { openServerLine: () => cut });
      const { environment, result } = await watchRunning(dependencies, request, soonGivenUp);
      isCut = true;
      environment.cancel('TIMED_OUT', new ActivityCancellationDetails({ notFound: true, timedOut: true }));
      await delay(500);
      await letGo(work);
      assert.deepEqual((await result).outcome, { kind: 'completed', metric: 2 });
    });
  });

  describe('a pause of the activity', () => {
    it('stops the training at a checkpoint, is thrown on as what it is, and the next attempt goes on', async () => {
      const { dependencies, request, work } = await prepare();
      const { environment, result } = await watchRunning(dependencies, request);
      environment.cancel('PAUSED', new ActivityCancellationDetails({ paused: true }));
      await assert.rejects(result, CancelledFailure);
      assert.equal(isAlive((await startsIn(work))[0] ?? 0), false);
      await letGo(work);
      assert.deepEqual((await watch(dependencies, request).result).outcome, { kind: 'completed', metric: 2 });
      assert.equal((await startsIn(work)).length, 2);
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
