import assert from 'node:assert/strict';
import { readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ActivityCancellationDetails, ApplicationFailure, CancelledFailure } from '@temporalio/common';
import type { ArtifactStore } from '../../activities/adapters/artifact-store.ts';
import { freeSlots } from '../../activities/adapters/free-slots.ts';
import { readExit } from '../../activities/adapters/supervised-process.ts';
import type { TrainingDependencies } from '../../activities/dependencies.ts';
import { attemptFolder } from '../../activities/execution-place.ts';
import { failureType } from '../../workflows/domain/failure-type.ts';
import { someResources } from '../support/builders.ts';
import { aCountingTraining, watchCounting } from '../support/counting-training.ts';
import { failureOf } from '../support/failures.ts';
import { letGo, startsIn } from '../support/patient-training.ts';
import { isAlive, killAll } from '../support/process-life.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { aHost, endTrainings, pidsOf, watch } from '../support/training.ts';

/** The store of the artifacts, with something that happens before a marker is read. */
function beforeMarkers({ artifacts }: TrainingDependencies, act: () => Promise<void>): ArtifactStore {
  return {
    ...artifacts,
    folder(name) {
      const real = artifacts.folder(name);
      return {
        ...real,
        async readIfPresent(path) {
          if (path.endsWith('/paused')) await act();
          return await real.readIfPresent(path);
        },
      };
    },
  };
}

describe('a marked pause of a training', () => {
  const folder = temporaryFolder(endTrainings);

  const prepare = (overrides: Partial<TrainingDependencies> = {}) => aCountingTraining(folder(), overrides);

  it('ends its process, frees its slot, leaves it without an end, and says where it is', async () => {
    const { dependencies, work, control, pause } = await prepare();
    const { type, nonRetryable, details } = await failureOf(pause());
    assert.deepEqual(
      { type, nonRetryable, details },
      { type: failureType.executionPaused, nonRetryable: false, details: [{ host: 'some-host' }] },
    );
    assert.equal(isAlive((await startsIn(work))[0] ?? 0), false);
    assert.equal((await freeSlots(dependencies.host)).length, 2);
    assert.equal(await readExit(control), null);
  });

  it('is followed by the very next step when the marker is gone, and by the same result', async () => {
    const { dependencies, request, work, mark, steps, pause } = await prepare();
    await failureOf(pause());
    const before = await steps();
    await mark(false);
    const { result } = await watchCounting(dependencies, request);
    await letGo(work);
    const { outcome } = await result;
    const after = (await steps()).slice(before.length);
    assert.equal(after[0], (before.at(-1) ?? 0) + 1);
    assert.deepEqual(outcome, { kind: 'completed', metric: 0 });
    assert.equal((await startsIn(work)).length, 2);
  });

  it('may last for days with a restart of the host in them, and only the time of training counts', async () => {
    const { dependencies, request, work, control, mark, pause } = await prepare({ orphanHours: 0.005 });
    await failureOf(pause());
    const used = JSON.parse(await readFile(join(control, 'usage.json'), 'utf8')).seconds;
    const state = JSON.parse(await readFile(join(control, 'state.json'), 'utf8'));
    await writeFile(join(control, 'state.json'), JSON.stringify({ ...state, bootId: 'an earlier one' }));
    await writeFile(join(control, 'contact'), '1\n');
    const longAgo = Date.now() / 1000 - 3 * 24 * 3600;
    for (const file of ['usage.json', 'state.json', 'contact']) await utimes(join(control, file), longAgo, longAgo);
    await mark(false);
    const { result } = await watchCounting(dependencies, request);
    await letGo(work);
    const { outcome, seconds } = await result;
    assert.equal(outcome.kind, 'completed');
    assert.ok(used > 0 && seconds > used && seconds < 60, `${used} s before the pause, ${seconds} s in all`);
  });

  it('in the very moment of its end gives its result', async () => {
    const { dependencies, request, control, work, mark } = await prepare();
    let isEnding = false;
    const artifacts = beforeMarkers(dependencies, async () => {
      if (!isEnding) return;
      await letGo(work);
      while ((await readExit(control)) === null) await delay(20);
    });
    const { environment, result } = await watchCounting({ ...dependencies, artifacts }, request);
    await mark(true);
    isEnding = true;
    environment.cancel();
    assert.deepEqual((await result).outcome, { kind: 'completed', metric: 0 });
  });

  it('with the storage away frees the GPU at once, and is known for what it is when the storage is back', async () => {
    const { dependencies, request, work, mark } = await prepare();
    let isAway = false;
    const artifacts = beforeMarkers(dependencies, async () => {
      if (isAway) throw ApplicationFailure.create({ type: failureType.artifactStoreUnavailable, message: 'away' });
    });
    const { environment, result } = await watchCounting({ ...dependencies, artifacts }, request);
    await mark(true);
    isAway = true;
    environment.cancel();
    while (isAlive((await startsIn(work))[0] ?? 0)) await delay(20);
    isAway = false;
    assert.equal((await failureOf(result)).type, failureType.executionPaused);
  });

  it('is no pause without the marker, also when the storage was away', async () => {
    const { dependencies, request, work } = await prepare();
    let isAway = false;
    const artifacts = beforeMarkers(dependencies, async () => {
      if (isAway) throw ApplicationFailure.create({ type: failureType.artifactStoreUnavailable, message: 'away' });
    });
    const { environment, result } = await watchCounting({ ...dependencies, artifacts }, request);
    isAway = true;
    environment.cancel();
    while (isAlive((await startsIn(work))[0] ?? 0)) await delay(20);
    isAway = false;
    await assert.rejects(result, CancelledFailure);
    assert.deepEqual((await watch(dependencies, request).result).outcome, { kind: 'stopped' });
    assert.equal((await startsIn(work)).length, 1);
  });

  it('of one that waits for a slot leaves the training that has it alone', async () => {
    const host = aHost(folder(), { slots: aHost(folder()).slots.slice(0, 1) });
    const { dependencies, request, work } = await prepare({ host });
    const first = await watchCounting(dependencies, request);
    const waiting = await aCountingTraining(folder(), { host });
    const other = { ...waiting.request, name: 'seed-1', seed: 1 };
    const second = watch(dependencies, other);
    await second.beatWhere(() => true);
    await dependencies.artifacts.folder('digits').write('trials/001/seed-1/paused', '');
    second.environment.cancel();
    assert.equal((await failureOf(second.result)).type, failureType.executionPaused);
    await letGo(work);
    assert.equal((await first.result).outcome.kind, 'completed');
  });

  it('publishes the checkpoint of the pause where another host may stand in', async () => {
    const { dependencies, request, mark, steps } = await prepare();
    const movable = { ...request, resources: someResources({ hostLossMinutes: 60 }) };
    const { environment, result } = await watchCounting(dependencies, movable);
    await mark(true);
    environment.cancel();
    await failureOf(result);
    const manifest = `${attemptFolder(request, 1, 'some-host')}/checkpoints/manifest.json`;
    const { checkpoints } = JSON.parse(await dependencies.artifacts.folder('digits').read(manifest));
    assert.deepEqual([checkpoints.at(-1).step], (await steps()).slice(-1));
  });

  describe('met by a watcher that starts', () => {
    it('begins nothing', async () => {
      const { dependencies, request, work, mark } = await prepare();
      await mark(true);
      await mark(true);
      assert.equal((await failureOf(watch(dependencies, request).result)).type, failureType.executionPaused);
      await assert.rejects(startsIn(work), { code: 'ENOENT' });
    });

    it('ends what another worker has left running', async () => {
      const { dependencies, request, work, mark } = await prepare();
      const { environment, result } = await watchCounting(dependencies, request);
      environment.cancel('WORKER_SHUTDOWN', new ActivityCancellationDetails({ workerShutdown: true }));
      await failureOf(result);
      await mark(true);
      assert.equal((await failureOf(watch(dependencies, request).result)).type, failureType.executionPaused);
      assert.equal(isAlive((await startsIn(work))[0] ?? 0), false);
    });

    it('ends, at a checkpoint, one whose supervisor was killed', async () => {
      const { dependencies, request, work, control, mark, steps } = await prepare();
      const { environment, result } = await watchCounting(dependencies, request);
      environment.cancel('WORKER_SHUTDOWN', new ActivityCancellationDetails({ workerShutdown: true }));
      await failureOf(result);
      const [trainer = 0, supervisor = 0] = await pidsOf(control);
      await killAll([supervisor]);
      assert.equal(isAlive(trainer), true);
      await mark(true);
      assert.equal((await failureOf(watch(dependencies, request).result)).type, failureType.executionPaused);
      while (isAlive(trainer)) await delay(20); // It has ended, but whoever has adopted it may be slow to reap it.
      const last = (await steps()).at(-1);
      await mark(false);
      const next = await watchCounting(dependencies, request);
      await letGo(work);
      await next.result;
      assert.ok((await steps()).includes((last ?? 0) + 1));
    });

    it('lets the result through of a training that has ended', async () => {
      const { dependencies, request, work, mark } = await prepare();
      const first = await watchCounting(dependencies, request);
      await letGo(work);
      const result = await first.result;
      await mark(true);
      assert.deepEqual(await watch(dependencies, request).result, result);
    });
  });
});
