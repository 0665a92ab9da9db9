import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { countTokens } from '../../../../activities/language-model/count-tokens.ts';
import { cutEnd, cutMiddle } from '../../../../scripts/benchmarks/digest/cut-to-tokens.ts';
import { exactRepeats } from '../../../../scripts/benchmarks/digest/methods/exact-repeats.ts';
import { headAndTail } from '../../../../scripts/benchmarks/digest/methods/head-and-tail.ts';
import { visibleLines } from '../../../../scripts/benchmarks/digest/methods/visible-lines.ts';

describe('plain methods', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'longrun-test-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const write = async (text: string): Promise<string> => {
    const file = join(folder, 'log.txt');
    await writeFile(file, text);
    return file;
  };
  const numbered = Array.from({ length: 5000 }, (_, index) => `line ${index}\n`).join('');

  it('see what a terminal shows in the end, over the borders of what is read at once', async () => {
    const long = `${'x'.repeat((1 << 20) - 2)}é`;
    const lines = [...visibleLines(await write(`1%\r2%\rdone\n${long}\nwindows\r\n\nlast`))];
    assert.deepEqual(lines, ['done', long, 'windows', '', 'last']);
  });

  it('fold lines that repeat', async () => {
    assert.equal(exactRepeats(await write('a\nb\nb\nb\na\n'), 100), 'a\nb [3 times]\na\n');
  });

  it('keep both ends of what does not fit, within the budget', async () => {
    for (const method of [exactRepeats, headAndTail]) {
      const text = method(await write(numbered), 1000);
      assert.ok(countTokens(text) <= 1000);
      assert.match(text, /^line 0\n[\s\S]*characters truncated[\s\S]*line 4999\n$/);
    }
  });

  it('keep a short log whole', async () => {
    for (const text of ['', 'one\ntwo\n']) {
      assert.equal(headAndTail(await write(text), 1000), text);
      assert.equal(exactRepeats(await write(text), 1000), text);
    }
  });

  it('use the budget that they have', () => {
    for (const text of [cutEnd(numbered, 500), cutMiddle({ head: numbered, tail: numbered, skipped: 0 }, 500)]) {
      const tokens = countTokens(text);
      assert.ok(tokens <= 500 && tokens > 480, `${tokens} tokens`);
    }
  });
});
