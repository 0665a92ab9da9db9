import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { sha256 } from '../../activities/adapters/local-artifact-store.ts';
import type { Checkpoint } from '../../activities/checkpoint-manifest.ts';
import { followCheckpoints, publishMetrics } from '../../activities/publish-checkpoints.ts';
import { anActivityEnvironment, runIn } from '../support/activity-environment.ts';
import {
  aCheckpoint,
  aManifest,
  checkpointsOf,
  contentOfStep,
  named,
  saveCheckpoints,
} from '../support/checkpoints.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { aRequest, hostDependencies, placeOf } from '../support/training.ts';

describe('the publication of checkpoints', () => {
  const folder = temporaryFolder();

  async function prepare() {
    const dependencies = hostDependencies(folder());
    const request = await aRequest(dependencies, '');
    const place = placeOf(dependencies, request);
    await mkdir(join(place.work, 'checkpoints'), { recursive: true });
    const target = 'trials/001/seed-0/attempts/1-some-host';
    const published = join(folder(), 'artifacts', 'digits', target);
    const publisher = followCheckpoints(dependencies, request, place);
    return {
      place,
      publisher,
      publication: { folder: dependencies.artifacts.folder('digits'), place, target },
      publish: () => runIn(anActivityEnvironment(), () => publisher.settle()),
      names: async () => (await readdir(join(published, 'checkpoints'))).toSorted(),
      manifest: async () => JSON.parse(await readFile(join(published, 'checkpoints', 'manifest.json'), 'utf8')),
      saveManifest: (checkpoints: Checkpoint[]) =>
        writeFile(join(place.work, 'checkpoints', 'manifest.json'), aManifest(checkpoints)),
      published,
    };
  }

  it('copies what the manifest names, the metrics and the manifest', async () => {
    const { place, publish, names, manifest, published } = await prepare();
    await saveCheckpoints(place.work, [1, 2]);
    await publish();
    assert.deepEqual(await names(), named([1, 2]));
    assert.deepEqual(await manifest(), { checkpoints: checkpointsOf([1, 2]) });
    assert.equal(await readFile(join(published, 'metrics.jsonl'), 'utf8'), 'local\n');
  });

  it('keeps among the artifacts, after eight saves, the two that the manifest names', async () => {
    const { place, publish, names } = await prepare();
    for (let step = 1; step <= 8; step += 1) {
      await rm(join(place.work, 'checkpoints'), { recursive: true });
      await saveCheckpoints(place.work, step === 1 ? [1] : [step - 1, step]);
      await publish();
    }
    assert.deepEqual(await names(), named([7, 8]));
  });

  it('takes away what a killed watcher left, half copied or without a manifest', async () => {
    const { place, publish, names, published } = await prepare();
    const unfinished = `${checkpointsOf([1])[0]?.file}.11111111-2222-3333-4444-555555555555.tmp`;
    await mkdir(join(published, 'checkpoints'), { recursive: true });
    for (const name of [unfinished, 'step-000000001-abcdef']) await writeFile(join(published, 'checkpoints', name), '');
    await saveCheckpoints(place.work, [2]);
    await publish();
    assert.deepEqual(await names(), named([2]));
  });

  it('leaves out a file with holes, and copies the others', async () => {
    const { place, publish, names, manifest, saveManifest } = await prepare();
    await saveCheckpoints(place.work, [1]);
    const bytes = 8 * 1024 * 1024;
    const sparse = { ...aCheckpoint(2, '\0'.repeat(bytes)), bytes };
    const file = join(place.work, 'checkpoints', sparse.file);
    await writeFile(file, '');
    await truncate(file, bytes);
    await saveManifest([...checkpointsOf([1]), sparse]);
    await publish();
    assert.deepEqual(await names(), named([1]));
    assert.deepEqual(await manifest(), { checkpoints: checkpointsOf([1]) });
  });

  it('copies not one byte of a file that is larger than the manifest says', async () => {
    const { place, publish, published, saveManifest } = await prepare();
    const file = 'step-000000001-abcdef';
    await writeFile(join(place.work, 'checkpoints', file), 'x'.repeat(1000));
    await saveManifest([{ ...aCheckpoint(1, ''), file, sha256: 'x', bytes: 1 }]);
    await publish();
    await assert.rejects(stat(published), { code: 'ENOENT' });
  });

  it('keeps nothing of a file whose hash is another', async () => {
    const { place, publish, names, manifest, saveManifest } = await prepare();
    await saveCheckpoints(place.work, [1, 2]);
    const [first, second] = checkpointsOf([1, 2]);
    assert.ok(first !== undefined && second !== undefined);
    await saveManifest([first, { ...second, sha256: sha256('something else') }]);
    await publish();
    assert.deepEqual(await names(), named([1]));
    assert.deepEqual(await manifest(), { checkpoints: [first] });
  });

  it('does not follow a link, neither for a checkpoint nor for their folder', async () => {
    const { place, publish, published } = await prepare();
    await saveCheckpoints(join(folder(), 'outside'), [1]);
    await rm(join(place.work, 'checkpoints'), { recursive: true });
    await symlink(join(folder(), 'outside', 'checkpoints'), join(place.work, 'checkpoints'));
    await publish();
    await assert.rejects(stat(published), { code: 'ENOENT' });
  });

  it('writes nothing again while the manifest stays as it is', async () => {
    const { place, publish, published, saveManifest } = await prepare();
    await saveCheckpoints(place.work, [1]);
    await saveManifest([...checkpointsOf([1]), aCheckpoint(2, 'a file that is not there')]);
    await publish();
    const before = (await stat(join(published, 'checkpoints', 'manifest.json'))).ino;
    await publish();
    assert.equal((await stat(join(published, 'checkpoints', 'manifest.json'))).ino, before);
  });

  it('keeps what was published while nothing that the manifest names is intact', async () => {
    const { place, publish, manifest, saveManifest } = await prepare();
    await saveCheckpoints(place.work, [1]);
    await publish();
    await saveManifest([aCheckpoint(2, 'a file that is not there')]);
    await publish();
    assert.deepEqual(await manifest(), { checkpoints: checkpointsOf([1]) });
  });

  it('goes on beside the training without being waited for', async () => {
    const { place, publisher, published } = await prepare();
    await saveCheckpoints(place.work, [1]);
    await runIn(anActivityEnvironment(), async () => {
      publisher.advance();
      while (!existsSync(join(published, 'checkpoints'))) await delay(10);
      await publisher.settle();
    });
    const [first] = checkpointsOf([1]);
    assert.equal(await readFile(join(published, 'checkpoints', first?.file ?? ''), 'utf8'), contentOfStep(1));
  });

  it('publishes the first 256 MiB of the metrics, and says how many bytes it left out', async () => {
    const { place, publication, published } = await prepare();
    await writeFile(place.metrics, 'first\n');
    await truncate(place.metrics, 256 * 1024 * 1024 + 7);
    const receipt = await runIn(anActivityEnvironment(), () => publishMetrics(publication));
    assert.deepEqual(receipt, { omittedBytes: 7 });
    assert.equal((await stat(join(published, 'metrics.jsonl'))).size, 256 * 1024 * 1024);
  });

  it('leaves out nothing of metrics that are small, or that are not there', async () => {
    const { place, publication } = await prepare();
    const publish = () => runIn(anActivityEnvironment(), () => publishMetrics(publication));
    assert.deepEqual(await publish(), { omittedBytes: 0 });
    await writeFile(place.metrics, 'first\n');
    assert.deepEqual(await publish(), { omittedBytes: 0 });
  });
});
