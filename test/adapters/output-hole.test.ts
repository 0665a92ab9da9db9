import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { outputHole } from '../../activities/adapters/output-hole.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** As `output_keeper.py` writes it. */
const record = {
  headBytes: 4_096,
  holeStart: 4_096,
  holeEnd: 20_480,
  endsLine: true,
  droppedBytes: 16_384,
  droppedLines: 321,
  receiptedBytes: 0,
  removedBytes: 0,
  metrics: {},
};

describe('the hole in an execution’s output', () => {
  const folder = temporaryFolder();
  const keep = (changes: Partial<Record<keyof typeof record, unknown>>): Promise<void> =>
    writeFile(join(folder(), 'output.json'), JSON.stringify({ ...record, ...changes }));

  it('is none where nothing was recorded', async () => assert.equal(await outputHole(folder()), null));

  it('is none where there is no such folder', async () => {
    assert.equal(await outputHole(join(folder(), 'elsewhere')), null);
  });

  it('is none where nothing was dropped', async () => {
    await keep({ holeStart: 0, holeEnd: 0, droppedBytes: 0, droppedLines: 0 });
    assert.equal(await outputHole(folder()), null);
  });

  it('has its place and its receipt', async () => {
    await keep({});
    assert.deepEqual(await outputHole(folder()), {
      start: 4_096,
      end: 20_480,
      receipt: '[longrun: 16384 bytes (321 lines) of output were dropped here]\n',
    });
  });

  it('has the last dropped value of each metric in its receipt', async () => {
    await keep({ metrics: { loss: '0.25', 'val/acc': '0.5' } });
    assert.deepEqual((await outputHole(folder()))?.receipt.split('\n').slice(1), [
      'METRIC loss=0.25',
      'METRIC val/acc=0.5',
      '',
    ]);
  });

  it('takes in the receipt of an earlier attempt, whose bytes its own counts too', async () => {
    await keep({ headBytes: 4_096, holeStart: 4_160, receiptedBytes: 9_000 });
    const hole = await outputHole(folder());
    assert.deepEqual([hole?.start, hole?.end], [4_096, 20_480]);
  });

  it('is not made up where the record is damaged', async () => {
    await writeFile(join(folder(), 'output.json'), '{"holeStart": 1');
    await assert.rejects(outputHole(folder()));
    await keep({ holeEnd: 'far' });
    await assert.rejects(outputHole(folder()), /holeEnd/);
  });

  it('is not made up where the record names no file', async () => {
    await assert.rejects(outputHole(join(await namedLikeFolder(folder()), 'inner')), /ENOTDIR/);
  });
});

async function namedLikeFolder(folder: string): Promise<string> {
  const file = join(folder, 'a-file');
  await writeFile(file, '');
  return file;
}
