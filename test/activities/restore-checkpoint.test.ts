import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ActivityCancellationDetails } from '@temporalio/common';
import type { ArtifactFolder } from '../../activities/adapters/artifact-store.ts';
import type { TrainingDependencies } from '../../activities/dependencies.ts';
import type { ExecutionPlace } from '../../activities/execution-place.ts';
import { restoreCheckpoint } from '../../activities/restore-checkpoint.ts';
import type { ExecutionRequest } from '../../activities/execution-request.ts';
import { anActivityEnvironment, runIn } from '../support/activity-environment.ts';
import { anExit } from '../support/builders.ts';
import { aManifest, checkpointsOf, named, publishCheckpoints, saveCheckpoints } from '../support/checkpoints.ts';
import { failureOf } from '../support/failures.ts';
import { folderContent } from '../support/folder-content.ts';
import { killAll } from '../support/process-life.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { aRequest, endTrainings, hostDependencies, pidsOf, placeOf, watch } from '../support/training.ts';

const alpha = 'trials/001/seed-0/attempts/1-alpha';
const beta = 'trials/001/seed-0/attempts/2-beta';

interface Prepared {
  dependencies: TrainingDependencies;
  request: ExecutionRequest;
  place: ExecutionPlace;
  artifacts: ArtifactFolder;
  restore: () => Promise<void>;
}

/** Saves once, logs, and waits to be told to stop. */
const patient = `
import time, longrun
def save(path):
    with open(path, "w") as file:
        file.write("weights of step 90")
longrun.save_checkpoint(90, save)
longrun.log(90, loss=0.5)
while not longrun.should_stop():
    time.sleep(0.02)
longrun.finish(val_error=2)
`;

const contentOf = async ({ work }: ExecutionPlace) => folderContent(work);
const localNames = async ({ work }: ExecutionPlace) => (await readdir(join(work, 'checkpoints'))).toSorted();
const besideWork = async ({ work }: ExecutionPlace) =>
  (await readdir(dirname(work))).filter((name) => name !== basename(work));

const leftover = ({ work }: ExecutionPlace, pid: number) =>
  `${work}.checkpoints.2.restoring-${pid}-11111111-2222-3333-4444-555555555555`;

async function deadPid(): Promise<number> {
  const child = spawn('true');
  await once(child, 'close');
  return child.pid ?? 0;
}

describe('the restoration of a checkpoint', () => {
  const folder = temporaryFolder(endTrainings);

  async function prepare(earlierHosts = ['alpha']): Promise<Prepared> {
    const dependencies = hostDependencies(folder());
    const placement = { number: earlierHosts.length + 1, earlierHosts };
    const request = await aRequest(dependencies, patient, { placement });
    const place = placeOf(dependencies, request);
    await mkdir(place.control, { recursive: true });
    await mkdir(place.work, { recursive: true });
    const restore = () => runIn(anActivityEnvironment(), () => restoreCheckpoint(dependencies, request, place));
    return { dependencies, request, place, artifacts: dependencies.artifacts.folder('digits'), restore };
  }

  it('lays the checkpoints, the manifest and the metrics of the earlier host into an empty folder', async () => {
    const { place, artifacts, restore } = await prepare();
    await publishCheckpoints(artifacts, alpha, [20, 30]);
    await restore();
    assert.deepEqual(await localNames(place), named([20, 30]));
    assert.equal(
      await readFile(join(place.work, 'checkpoints', 'manifest.json'), 'utf8'),
      aManifest(checkpointsOf([20, 30])),
    );
    assert.equal(await readFile(place.metrics, 'utf8'), `${alpha}\n`);
    assert.deepEqual(await besideWork(place), []);
  });

  it('takes the newest of several hosts', async () => {
    const { place, artifacts, restore } = await prepare(['alpha', 'beta']);
    await publishCheckpoints(artifacts, alpha, [30]);
    await publishCheckpoints(artifacts, beta, [20]);
    await restore();
    assert.deepEqual(await localNames(place), named([30]));
  });

  it('leaves alone what is as new', async () => {
    const { place, artifacts, restore } = await prepare();
    await saveCheckpoints(place.work, [30]);
    await publishCheckpoints(artifacts, alpha, [30]);
    const before = await contentOf(place);
    await restore();
    assert.deepEqual(await contentOf(place), before);
  });

  describe('of a later step, while the execution does not rest here', () => {
    it('changes nothing under a trainer that runs', async () => {
      const { dependencies, request, place, artifacts, restore } = await prepare();
      const watcher = watch(dependencies, request);
      await watcher.beatWhere(({ step }) => step === 90);
      const before = await contentOf(place);
      assert.ok(checkpointsOf([90]).every(({ file }) => `checkpoints/${file}` in before));
      await publishCheckpoints(artifacts, alpha, [100]);
      await restore();
      assert.deepEqual(await contentOf(place), before);
      watcher.environment.cancel();
      await assert.rejects(watcher.result);
    });

    it('changes nothing while it is being started', async () => {
      const { dependencies, place, artifacts, restore } = await prepare();
      await saveCheckpoints(place.work, [90]);
      await publishCheckpoints(artifacts, alpha, [100]);
      const before = await contentOf(place);
      const hold =
        'import fcntl, sys; f = open(sys.argv[1], "w"); fcntl.flock(f, fcntl.LOCK_EX); print(1, flush=True); input()';
      const holder = spawn(dependencies.host.supervisorPython, ['-c', hold, join(place.control, 'lock')]);
      await once(holder.stdout, 'data');
      await restore();
      holder.stdin.end('\n');
      await once(holder, 'close');
      assert.deepEqual(await contentOf(place), before);
    });

    it('changes nothing after it has ended and before its result is collected', async () => {
      const { place, artifacts, restore } = await prepare();
      await saveCheckpoints(place.work, [90]);
      await writeFile(join(place.control, 'exit.json'), JSON.stringify(anExit()));
      await publishCheckpoints(artifacts, alpha, [100]);
      const before = await contentOf(place);
      await restore();
      assert.deepEqual(await contentOf(place), before);
    });

    it('changes nothing under a trainer that has let go of its locks', async () => {
      const { dependencies, request, place, artifacts, restore } = await prepare();
      const watcher = watch(dependencies, request);
      await watcher.beatWhere(({ step }) => step === 90);
      const before = await contentOf(place);
      await publishCheckpoints(artifacts, alpha, [100]);
      // New lock files: nobody holds them.
      for (const lock of ['lock', 'lock.trainer'])
        await rename(join(place.control, lock), join(place.control, `${lock}.away`));
      await restore();
      for (const lock of ['lock', 'lock.trainer'])
        await rename(join(place.control, `${lock}.away`), join(place.control, lock));
      assert.deepEqual(await contentOf(place), before);
      assert.equal((await pidsOf(place.control)).length, 2);
      watcher.environment.cancel();
      await assert.rejects(watcher.result);
    });
  });

  it('goes on from another host where the execution of this one is dead, in a later placement', async () => {
    const { dependencies, request, place, artifacts, restore } = await prepare(['some-host', 'beta']);
    const watcher = watch(dependencies, request);
    await watcher.beatWhere(({ step }) => step === 90);
    watcher.environment.cancel('WORKER_SHUTDOWN', new ActivityCancellationDetails({ workerShutdown: true }));
    await failureOf(watcher.result);
    await killAll(await pidsOf(place.control));
    await publishCheckpoints(artifacts, beta, [100]);
    await restore();
    assert.deepEqual(await localNames(place), named([100]));
    assert.equal(await readFile(place.metrics, 'utf8'), `${beta}\n`);
  });

  it('leaves a torn file out and keeps the others', async () => {
    const { place, artifacts, restore } = await prepare();
    const [, torn] = await publishCheckpoints(artifacts, alpha, [20, 30]);
    await artifacts.write(`${alpha}/checkpoints/${torn?.file}`, 'weights of step 3x');
    await restore();
    assert.deepEqual(await localNames(place), named([20]));
    assert.equal(
      await readFile(join(place.work, 'checkpoints', 'manifest.json'), 'utf8'),
      aManifest(checkpointsOf([20])),
    );
  });

  it('turns to the next host where nothing of the newest is intact', async () => {
    const { place, artifacts, restore } = await prepare(['alpha', 'beta']);
    const [torn] = await publishCheckpoints(artifacts, alpha, [30]);
    await artifacts.remove(`${alpha}/checkpoints/${torn?.file}`);
    await publishCheckpoints(artifacts, beta, [20]);
    await restore();
    assert.deepEqual(await localNames(place), named([20]));
  });

  it('takes nothing away where nothing newer is intact', async () => {
    const { place, artifacts, restore } = await prepare();
    await saveCheckpoints(place.work, [20]);
    const [torn] = await publishCheckpoints(artifacts, alpha, [30]);
    await artifacts.write(`${alpha}/checkpoints/${torn?.file}`, 'torn');
    const before = await contentOf(place);
    await restore();
    assert.deepEqual(await contentOf(place), before);
    assert.deepEqual(await besideWork(place), []);
  });

  it('replaces links that a script has left, and what they led to stays', async () => {
    const { place, artifacts, restore } = await prepare();
    const outside = join(folder(), 'outside');
    await saveCheckpoints(outside, [5]);
    await symlink(join(outside, 'checkpoints'), join(place.work, 'checkpoints'));
    await symlink(join(outside, 'metrics.jsonl'), place.metrics);
    const before = await folderContent(outside);
    await publishCheckpoints(artifacts, alpha, [3]);
    await restore();
    assert.deepEqual(await folderContent(outside), before);
    assert.deepEqual(await localNames(place), named([3]));
    assert.equal(await readFile(place.metrics, 'utf8'), `${alpha}\n`);
  });

  it('is done once by two watchers at a time', async () => {
    const { place, artifacts, restore } = await prepare();
    await publishCheckpoints(artifacts, alpha, [20, 30]);
    await Promise.all([restore(), restore(), restore()]);
    assert.deepEqual(await localNames(place), named([20, 30]));
    assert.deepEqual(await besideWork(place), []);
  });

  describe('that was cut short before', () => {
    it('leaves nothing behind once its process is dead', async () => {
      const { place, restore } = await prepare();
      await mkdir(join(leftover(place, await deadPid()), 'checkpoints'), { recursive: true });
      await restore();
      assert.deepEqual(await besideWork(place), []);
    });

    it('is left alone while its process lives', async () => {
      const { place, artifacts, restore } = await prepare();
      await mkdir(join(leftover(place, process.ppid), 'checkpoints'), { recursive: true });
      await publishCheckpoints(artifacts, alpha, [30]);
      await restore();
      assert.deepEqual(await besideWork(place), [basename(leftover(place, process.ppid))]);
      assert.deepEqual(await localNames(place), named([30]));
    });

    it('gives back the old checkpoints that it had moved aside', async () => {
      const { place, restore } = await prepare();
      await saveCheckpoints(join(leftover(place, await deadPid()), 'old'), [20]);
      await restore();
      assert.deepEqual(await localNames(place), named([20]));
      assert.deepEqual(await besideWork(place), []);
    });

    it('does not touch what belongs to another execution', async () => {
      const { place, restore } = await prepare();
      const other = leftover({ ...place, work: `${place.work}-1` }, await deadPid());
      await mkdir(other, { recursive: true });
      await restore();
      assert.deepEqual(await besideWork(place), [basename(other)]);
    });
  });
});
