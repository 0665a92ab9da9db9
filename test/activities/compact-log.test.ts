import assert from 'node:assert/strict';
import { once } from 'node:events';
import { appendFile, mkdir, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { compactLog } from '../../activities/compact-log.ts';
import { executionPlace } from '../../activities/execution-place.ts';
import { anActivityEnvironment, runIn } from '../support/activity-environment.ts';
import { anExperiment } from '../support/builders.ts';
import { childrenThatDigest } from '../support/children-that-digest.ts';
import { folderContent } from '../support/folder-content.ts';
import { isAlive } from '../support/process-life.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { hostDependencies } from '../support/training.ts';

const steps = Array.from({ length: 300 }, (_, index) => `step ${index + 1}: val_error=${300 - index}\n`).join('');

describe('the compaction of a log', () => {
  const folder = temporaryFolder();

  async function prepare({ onHost = null as string | null, published = null as string | null } = {}) {
    const dependencies = hostDependencies(folder());
    const input = { experiment: anExperiment(), trial: 1, name: 'seed-0', tokens: 2_000 };
    const place = executionPlace(dependencies.host, input);
    const artifacts = dependencies.artifacts.folder(input.experiment.id);
    await mkdir(place.control, { recursive: true });
    if (onHost !== null) await writeFile(place.output, onHost);
    if (published !== null) await artifacts.write('trials/001/seed-0/log.txt', published);
    return {
      place,
      compact: (environment = anActivityEnvironment()) => runIn(environment, () => compactLog(dependencies, input)),
      digest: () => artifacts.read('trials/001/seed-0/digest.md'),
      files: async () => Object.keys(await folderContent(join(folder(), 'artifacts'))),
    };
  }

  it('makes a digest of the log on this host', async () => {
    const { compact, digest } = await prepare({ onHost: steps });
    await compact();
    assert.match(await digest(), /^Log of \d+ bytes, 300 lines; nothing left out\.\n/);
    assert.match(await digest(), /val_error: 300 > 1 /);
  });

  it('prefers the log on this host to the published one', async () => {
    const { compact, digest } = await prepare({ onHost: 'from the host\n', published: 'published\n' });
    await compact();
    assert.match(await digest(), /1: from the host\n/);
  });

  it('makes a digest of the published log where this host has none', async () => {
    const { compact, digest } = await prepare({ published: steps });
    await compact();
    assert.match(await digest(), /val_error: 300 > 1 /);
  });

  it('takes nothing but the digest to the artifacts', async () => {
    const { compact, files } = await prepare({ onHost: steps });
    await compact();
    assert.deepEqual(
      (await files()).filter((path) => !path.endsWith('/')),
      ['digits/trials/001/seed-0/digest.md'],
    );
  });

  it('says that a log is empty', async () => {
    const { compact, digest } = await prepare({ onHost: '' });
    await compact();
    assert.equal(await digest(), 'The log is empty: nothing was printed.\n');
  });

  it('fails where there is no log', async () => {
    const { compact, files } = await prepare();
    await assert.rejects(compact(), /^Error: There is no log of trials\/001\/seed-0, neither here nor published\.$/);
    assert.deepEqual(await files(), []);
  });

  it('follows no link in place of the log', async () => {
    const { place, compact } = await prepare();
    await writeFile(join(folder(), 'secret'), 'a secret\n');
    await symlink(join(folder(), 'secret'), place.output);
    await assert.rejects(compact(), /There is no log of trials\/001\/seed-0/);
  });

  it('follows no link in place of the published log', async () => {
    const { compact } = await prepare();
    const published = join(folder(), 'artifacts', 'digits', 'trials', '001', 'seed-0');
    await mkdir(published, { recursive: true });
    await writeFile(join(folder(), 'secret'), 'a secret\n');
    await symlink(join(folder(), 'secret'), join(published, 'log.txt'));
    await assert.rejects(compact(), /There is no log of trials\/001\/seed-0/);
  });

  it('cuts the path of the host’s folder', async () => {
    const { place, compact, digest } = await prepare();
    const traceback = `Traceback (most recent call last):\n  File "${place.work}/train.py", line 7, in <module>\n    main()\nValueError: no ${place.work}/data.csv\n`;
    await writeFile(place.output, `reading ${place.work}/data.csv\n${traceback}`);
    await compact();
    assert.match(await digest(), /File "train\.py", line 7[^]*ValueError: no data\.csv/);
    assert.ok(!(await digest()).includes(folder()), await digest());
  });

  it('has the receipt for what was dropped of a log that still grows', async () => {
    const { place, compact, digest } = await prepare({ onHost: 'the first line\n' });
    const hole = { holeStart: 4_096, holeEnd: 1_048_576, droppedBytes: 1_044_480, droppedLines: 4_321 };
    const record = { headBytes: 4_096, endsLine: true, receiptedBytes: 0, removedBytes: 0, ...hole };
    await writeFile(join(place.control, 'output.json'), JSON.stringify({ ...record, metrics: { val_error: '0.25' } }));
    await appendFile(place.output, 'x'.repeat(4_096 - 'the first line\n'.length - 1) + '\n');
    await truncate(place.output, hole.holeEnd);
    await appendFile(place.output, 'the last line\n');
    await compact();
    const text = await digest();
    assert.match(text, /left out: .*1044480 bytes \(4321 lines\) of output that were dropped while it ran/);
    assert.match(text, /METRIC val_error=0\.25/);
    assert.match(text, /the first line\n[^]*the last line\n/);
    assert.doesNotMatch(text, /zero bytes/);
  });

  it('beats while its process reads a large log', async () => {
    const { place, compact, digest } = await prepare({ onHost: steps });
    await truncate(place.output, 300 * 1024 * 1024);
    await appendFile(place.output, 'the last line\n');
    const environment = anActivityEnvironment();
    const compacted = compact(environment);
    const reader = await digestProcess(compacted);
    // Stopped, it cannot end before the next beat.
    process.kill(reader, 'SIGSTOP');
    try {
      await once(environment, 'heartbeat');
      assert.ok(isAlive(reader));
    } finally {
      process.kill(reader, 'SIGCONT');
    }
    await compacted;
    assert.match(await digest(), /val_error: 300 > 1 [^]*the last line\n/);
  });

  it('ends its process and writes nothing when it is cancelled', async () => {
    const { compact, files } = await prepare({ onHost: steps });
    const environment = anActivityEnvironment();
    const compacted = compact(environment);
    const failed = assert.rejects(compacted, { name: 'AbortError' });
    const reader = await digestProcess(compacted);
    process.kill(reader, 'SIGSTOP');
    environment.cancel('CANCELLED');
    await failed;
    while (isAlive(reader)) await delay(20);
    assert.deepEqual(await files(), []);
  });
});

/** The process that digests, as soon as there is one; throws once `work` has ended without. */
async function digestProcess(work: Promise<unknown>): Promise<number> {
  const ended = work.then(
    () => true,
    () => true,
  );
  for (;;) {
    const [child] = await childrenThatDigest();
    if (child !== undefined) return child;
    if ((await Promise.race([ended, delay(5)])) === true) {
      throw new Error('The log was digested before its process was seen.');
    }
  }
}
