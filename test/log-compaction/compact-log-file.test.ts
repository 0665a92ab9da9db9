import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compactLogFile } from '../../activities/log-compaction/compact-log-file.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const headerOf = (digest: string): string => digest.split('\n')[0] ?? '';
const numbered = (count: number, render: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => render(index));
const words = (index: number) => 'abcdefg'.slice(index % 7).repeat(20 + (index % 5));

describe('compactLogFile', () => {
  const folder = temporaryFolder();

  async function digestOf(log: string | Buffer): Promise<string> {
    const file = join(folder(), 'log.txt');
    await writeFile(file, log);
    return await compactLogFile(file);
  }

  describe('the digest of a log file', () => {
    it('says that nothing was left out where nothing was', async () => {
      assert.equal(
        await digestOf('one\ntwo\n'),
        'Log of 8 bytes, 2 lines read; nothing left out.\n\n```\none\ntwo\n```\n',
      );
    });

    it('says plainly that the log is empty', async () => {
      assert.match(await digestOf(''), /^The log is empty/);
    });

    it('counts the similar lines that it folded', async () => {
      const log = numbered(101, (index) => `step ${index}\n`).join('');
      assert.match(headerOf(await digestOf(log)), /, 101 lines read; 96 similar lines folded\.$/);
    });

    it('counts the lines that it left out, and keeps the rest', async () => {
      const digest = await digestOf(numbered(2_000, (index) => `${words(index)}\n`).join(''));
      const omitted = Number(/ 2000 lines read; (\d+) lines left out in the middle\.$/.exec(headerOf(digest))?.[1]);
      const body = digest.split('```')[1]?.trim().split('\n') ?? [];
      assert.equal(body.length - 1 + omitted, 2_000);
    });

    it('shows numbers of bytes, not of characters', async () => {
      assert.match(headerOf(await digestOf('é\n')), /^Log of 3 bytes, 1 lines read/);
    });

    it('survives bytes that are no text', async () => {
      assert.match(await digestOf(Buffer.from([0xff, 0xfe, 0x00, 0x0a, 0x41])), /A\n```\n$/);
    });

    it('cuts a very long line and says how much of it', async () => {
      assert.match(await digestOf('x'.repeat(3_000_000)), /\nx{2000} \[2998000 more characters in this line\]\n/);
    });

    it('fails for a file that is not there, naming it', async () => {
      await assert.rejects(compactLogFile(join(folder(), 'absent')), /ENOENT.*absent/);
    });
  });

  describe('the digest of a log over 8 MB', () => {
    const eightMegabytes = 8 * 1024 * 1024;
    const line = `${'x'.repeat(1023)}\n`;

    it('names the bytes that were not read', async () => {
      const log = Buffer.from(line.repeat(9 * 1024));
      assert.match(
        headerOf(await digestOf(log)),
        new RegExp(`^Log of ${log.length} bytes, .*, 1048576 bytes not read\\.$`),
      );
    });

    it('names them in the place where they were', async () => {
      const log = `${line.repeat(4096)}${'lost\n'.repeat(20)}${line.repeat(4096)}`;
      const digest = await digestOf(log);
      assert.match(digest, /\[100 bytes in the middle were not read\]/);
      assert.doesNotMatch(digest, /lost/);
    });

    it('reads all of a log of exactly 8 MB', async () => {
      assert.doesNotMatch(headerOf(await digestOf(line.repeat(eightMegabytes / line.length))), /not read/);
    });

    it('holds the first and the last line', async () => {
      const digest = await digestOf(`the first line\n${line.repeat(9 * 1024)}ValueError: the last line\n`);
      assert.match(digest, /```\nthe first line\n/);
      assert.match(digest, /\nValueError: the last line\n```\n$/);
    });
  });
});
