import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ActivityCancellationDetails, CancelledFailure } from '@temporalio/common';
import type { TrainingDependencies } from '../../activities/dependencies.ts';
import { failureType } from '../../workflows/domain/failure-type.ts';
import { someResources } from '../support/builders.ts';
import { failureOf } from '../support/failures.ts';
import { aPatientTraining, letGo, patient, soonGivenUp, startsIn, watchRunning } from '../support/patient-training.ts';
import { isAlive } from '../support/process-life.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { aHost, attentiveServer, endTrainings, watch } from '../support/training.ts';

/** The artifacts of a store that is slow to read. */
function slowly({ artifacts }: TrainingDependencies, milliseconds: number): TrainingDependencies['artifacts'] {
  return {
    ...artifacts,
    folder(name) {
      const folder = artifacts.folder(name);
      return {
        ...folder,
        read: async (path) => {
          await delay(milliseconds);
          return await folder.read(path);
        },
      };
    },
  };
}

describe('a watcher that the server does not answer', () => {
  const folder = temporaryFolder(endTrainings);

  const prepare = (script = patient, overrides: Partial<TrainingDependencies> = {}) =>
    aPatientTraining(folder(), { script, ...overrides });

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
      await delay(2500); // past three quarters of the time-out
      await letGo(work);
      assert.deepEqual((await result).outcome, { kind: 'completed', metric: 2 });
    });
  });

  describe('a watcher that has announced itself', () => {
    it('names its host in whatever goes wrong from then on', async () => {
      const { dependencies, request } = await prepare();
      const host = { ...dependencies.host, supervisorPython: '/bin/false' };
      const { type, nonRetryable, details } = await failureOf(watch({ ...dependencies, host }, request).result);
      assert.deepEqual(
        { type, nonRetryable, details },
        { type: failureType.supervisorFailed, nonRetryable: false, details: [{ host: 'some-host' }] },
      );
    });

    it('beats while it prepares', async () => {
      const { dependencies, request, work } = await prepare();
      const artifacts = slowly(dependencies, 3000);
      const watcher = watch({ ...dependencies, artifacts }, request);
      let beats = 0;
      watcher.environment.on('heartbeat', () => (beats += 1));
      while (!existsSync(join(work, 'starts'))) await delay(50);
      assert.ok(beats >= 3, `${beats} heartbeats`);
      await letGo(work);
      await watcher.result;
    });

    it('starts nothing of which the server has not heard lately, where another host may stand in', async () => {
      let beats = 0;
      const soonDeaf = {
        ...attentiveServer,
        sendHeartbeat: async () => {
          beats += 1;
          if (beats > 1) throw new Error('no answer');
          return 'acknowledged' as const;
        },
      };
      const { dependencies, request, work } = await prepare(patient, { openServerLine: () => soonDeaf });
      const resources = someResources({ hostLossMinutes: 1 });
      const deaf = { ...dependencies, artifacts: slowly(dependencies, 800) };
      const watcher = watch(deaf, { ...request, resources }, { heartbeatTimeoutMs: 800 });
      await delay(2000); // long after it was prepared
      await assert.rejects(startsIn(work), { code: 'ENOENT' });
      watcher.environment.cancel();
      await assert.rejects(watcher.result, CancelledFailure);
    });
  });

  describe('a pause of the activity', () => {
    it('of a training that waits for a slot ends the attempt, and the training that has the slot goes on', async () => {
      const { dependencies, request, work } = await prepare();
      const host = aHost(folder(), { slots: aHost(folder()).slots.slice(0, 1) });
      const first = await watchRunning({ ...dependencies, host }, request);
      const second = watch({ ...dependencies, host }, { ...request, name: 'seed-1', seed: 1 });
      await second.beatWhere(() => true);
      await delay(500); // long enough to have been told that no slot is free
      second.environment.cancel('PAUSED', new ActivityCancellationDetails({ paused: true }));
      await assert.rejects(second.result, CancelledFailure);
      await letGo(work);
      assert.equal((await first.result).outcome.kind, 'completed');
    });

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
});
