import assert from 'node:assert/strict';
import { appendFile, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mock } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { isSoFar } from '../../activities/execution-logs/digest-log.ts';
import { followDigest } from '../../activities/publish-digest.ts';
import { anActivityEnvironment, runIn } from '../support/activity-environment.ts';
import { childrenThatDigest } from '../support/children-that-digest.ts';
import { aPatientTraining, letGo, patient } from '../support/patient-training.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { aRequest, endTrainings, hostDependencies, placeOf, watch } from '../support/training.ts';

const minute = 60_000;

describe('digests of a training that runs', () => {
  const folder = temporaryFolder();
  let now = 0;
  beforeEach(() => {
    now = 1_000;
    mock.method(performance, 'now', () => now);
  });
  afterEach(() => mock.restoreAll());

  async function prepare() {
    const dependencies = hostDependencies(folder());
    const request = await aRequest(dependencies, '');
    const place = placeOf(dependencies, request);
    await mkdir(place.control, { recursive: true });
    const publisher = followDigest(dependencies, request, place);
    const target = join(folder(), 'artifacts', 'digits', 'trials/001/seed-0/attempts/1-some-host');
    const environment = anActivityEnvironment();
    const warnings = mock.method(environment.context.log, 'warn', () => undefined);
    return {
      place,
      publisher,
      warnings: warnings.mock,
      file: join(target, 'digest.md'),
      print: (text: string) => appendFile(place.output, text),
      /** Lets a minute pass. */
      advance: () =>
        runIn(environment, async () => {
          now += minute;
          publisher.advance();
        }),
    };
  }

  it('say first that the training runs, then what was printed so far', async () => {
    const { print, advance, file } = await prepare();
    await print('loss 0.5\nloss 0.25\n');
    await advance();
    const digest = await onceThere(file);
    assert.match(
      digest,
      /^So far: the training was still running when this digest was made\.\n\nLog of 19 bytes, 2 lines/,
    );
    assert.ok(isSoFar(digest) && digest.includes('0.25'));
  });

  it('tell nothing of the host’s folders', async () => {
    const { print, advance, file, place } = await prepare();
    await print(`saved to ${place.work}/model.bin\n`);
    await advance();
    assert.match(await onceThere(file), /saved to model\.bin/);
  });

  it('have the receipt where the middle of the output was freed', async () => {
    const { print, advance, file, place } = await prepare();
    await print(`first\n${'\0'.repeat(4090)}last\n`);
    const record = { headBytes: 6, holeStart: 6, holeEnd: 4096, droppedBytes: 4090, droppedLines: 7, metrics: {} };
    await writeFile(join(place.control, 'output.json'), JSON.stringify(record));
    await advance();
    assert.match(await onceThere(file), /4090 bytes \(7 lines\) of output were dropped here/);
  });

  it('begin a minute after the watching has begun', async () => {
    const { print, publisher, advance, file } = await prepare();
    await print('loss 0.5\n');
    now += minute - 1;
    publisher.advance();
    await print('loss 0.25\n');
    now -= minute - 1;
    await advance();
    assert.match(await onceThere(file), /Log of 19 bytes/);
  });

  it('are made anew once there is more output', async () => {
    const { print, advance, file } = await prepare();
    await print('loss 0.5\n');
    await advance();
    await onceThere(file);
    await print('loss 0.25\n');
    await untilTrue(async () => {
      await advance();
      return (await onceThere(file)).includes('2 lines');
    });
  });

  it('are not made again while nothing is printed', async () => {
    const { print, advance, file, place, warnings } = await prepare();
    await print('loss 0.5\n');
    await advance();
    await onceThere(file);
    // Whoever makes a digest now fails, and says so.
    await writeFile(join(place.control, 'output.json'), 'damaged');
    for (let minutes = 0; minutes < 20; minutes += 1) {
      await advance();
      await delay(20);
    }
    assert.equal(warnings.callCount(), 0);
  });

  it('are none where nothing was printed', async () => {
    const { advance, publisher, file, print } = await prepare();
    await advance();
    await print('');
    await delay(20);
    await advance();
    await publisher.stop();
    await assert.rejects(stat(file), { code: 'ENOENT' });
  });

  it('are tried again, and the failure is logged', async () => {
    const { print, advance, file, warnings, place } = await prepare();
    await print('loss 0.5\n');
    await writeFile(join(place.control, 'output.json'), 'damaged');
    await advance();
    await untilTrue(async () => warnings.callCount() === 1);
    assert.match(JSON.stringify(warnings.calls[0]?.arguments), /digest so far could not be published yet/);
    await rm(join(place.control, 'output.json'));
    await advance();
    assert.match(await onceThere(file), /Log of 9 bytes/);
  });

  it('end with the watching: the process that is at it is gone, and nothing more is published', async () => {
    const { print, advance, file, publisher, warnings } = await prepare();
    await print('a line that takes a while\n'.repeat(200_000));
    await advance();
    await untilTrue(async () => (await childrenThatDigest()).length === 1);
    await publisher.stop();
    await untilTrue(async () => (await childrenThatDigest()).length === 0);
    await advance();
    assert.deepEqual([await childrenThatDigest(), warnings.callCount()], [[], 0]);
    await assert.rejects(stat(file), { code: 'ENOENT' });
  });
});

describe('the watcher of a training', () => {
  const folder = temporaryFolder(endTrainings);
  afterEach(() => mock.restoreAll());

  for (const isRehearsal of [true, false]) {
    it(`publishes a digest so far once a minute has passed, ${isRehearsal ? 'also' : 'not only'} of a rehearsal`, async () => {
      const { dependencies, request, work } = await aPatientTraining(folder(), {
        script: patient.replace('while not', 'print("printed so far", flush=True)\nwhile not'),
      });
      const watcher = watch(dependencies, { ...request, isRehearsal });
      await watcher.beatWhere(({ logBytes }) => logBytes > 0);
      const inOneMinute = performance.now() + minute;
      mock.method(performance, 'now', () => inOneMinute);
      const file = join(folder(), 'artifacts', 'digits', 'trials/001/seed-0/attempts/1-some-host/digest.md');
      const digest = await onceThere(file);
      mock.restoreAll();
      assert.ok(isSoFar(digest) && digest.includes('printed so far'), digest);
      await letGo(work);
      assert.equal((await watcher.result).outcome.kind, 'completed');
    });
  }
});

/** The content of the file that somebody is about to write. */
async function onceThere(file: string): Promise<string> {
  for (;;) {
    try {
      return await readFile(file, 'utf8');
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
      await delay(20);
    }
  }
}

async function untilTrue(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await delay(20);
}
