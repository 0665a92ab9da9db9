import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runLongrun, startLongrun } from '../../support/run-longrun.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const log = 'epoch 1 loss 0.5\nepoch 2 loss 0.25\nepoch 3 loss 0.125\n';

const environment = { PATH: process.env['PATH'] };
const digest = (...given: string[]) => runLongrun(['digest', ...given], environment);

describe('longrun digest', () => {
  const folder = temporaryFolder();
  const write = async (name: string, content: string | Buffer): Promise<string> => {
    const file = join(folder(), name);
    await writeFile(file, content);
    return file;
  };

  it('prints the digest of a file, without a word on standard error', async () => {
    const { status, stdout, stderr } = await digest(await write('log.txt', log));
    assert.match(stdout, /^Log of 54 bytes, 3 lines; nothing left out\.\n[^]*0\.125/);
    assert.deepEqual([status, stderr], [0, '']);
  });

  it('reads standard input to its end', async () => {
    const { stdout: expected } = await digest(await write('log.txt', log));
    assert.deepEqual(await runLongrun(['digest', '-'], environment, log), { status: 0, stdout: expected, stderr: '' });
  });

  it('prints file, tokens and digest as JSON', async () => {
    const file = await write('log.txt', log);
    const { stdout: expected } = await digest(file, '--tokens', '600');
    const { status, stdout } = await digest(file, '--tokens', '600', '--json');
    assert.deepEqual([status, JSON.parse(stdout)], [0, { file, tokens: 600, digest: expected }]);
  });

  it('takes less room where less is allowed', async () => {
    const lines = Array.from({ length: 3000 }, (_, index) => `${words(index)} happened\n`);
    const file = await write('log.txt', lines.join(''));
    const [small, large] = await Promise.all(['500', '4000'].map((tokens) => digest(file, '--tokens', tokens)));
    assert.ok(small !== undefined && large !== undefined && small.stdout.length * 2 < large.stdout.length);
    assert.match(small.stdout, /left out: /);
  });

  it('says of an empty file that nothing was printed', async () => {
    const { status, stdout } = await digest(await write('log.txt', ''));
    assert.deepEqual([status, stdout], [0, 'The log is empty: nothing was printed.\n']);
  });

  it('says of a binary file that it is no text', async () => {
    const bytes = Buffer.from(Array.from({ length: 4096 }, (_, index) => (index * 37) % 256));
    const { status, stdout } = await digest(await write('model.bin', bytes));
    assert.deepEqual([status, stdout], [0, 'No digest: by its first bytes the file is no text.\n']);
  });

  it('ends well when its reader has seen enough', async () => {
    const { child, ended } = startLongrun(['digest', '-'], environment);
    child.stdout.destroy();
    child.stdin.end(log);
    const [[status]] = await Promise.all([once(child, 'exit'), assert.rejects(ended, /Premature close/)]);
    assert.equal(status, 0);
  });

  describe('where it cannot do what it is asked', () => {
    it('names a file that is missing', () =>
      assertRefused([join(folder(), 'log.txt')], 1, /^The log cannot be read: .*log\.txt.*\n$/));

    it('names a folder', () => assertRefused([folder()], 1, /is a folder: name a log file\.\n$/));

    it('names what is below a file, as if it were a folder', async () => {
      const file = await write('log.txt', log);
      await assertRefused([join(file, 'log.txt')], 1, /^The log cannot be read: .*\n$/);
    });

    it('names a file that it may not read', async () => {
      const file = await write('log.txt', log);
      await chmod(file, 0o000);
      // Nothing is unreadable for root.
      if (process.getuid?.() === 0) assert.equal((await digest(file)).status, 0);
      else await assertRefused([file], 1, /^The log cannot be read: EACCES.*\n$/);
    });

    for (const tokens of ['0', '499', '-3', '600.5', 'many', '']) {
      it(`refuses a number of tokens: ${JSON.stringify(tokens)}`, async () => {
        const file = await write('log.txt', log);
        await assertRefused([file, '--tokens', tokens], 2, /must be a (whole )?number/);
      });
    }
  });
});

async function assertRefused(given: string[], expected: number, says: RegExp): Promise<void> {
  const { status, stdout, stderr } = await digest(...given);
  assert.match(stderr, says);
  assert.deepEqual([status, stdout, stderr.includes('    at ')], [expected, '', false]);
}

/** Words without a number in them, other ones for each index. */
function words(index: number): string {
  return String(index)
    .split('')
    .map((digit) => 'abcdefghij'[Number(digit)]?.repeat(3))
    .join(' ');
}
