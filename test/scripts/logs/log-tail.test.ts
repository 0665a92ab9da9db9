import assert from 'node:assert/strict';
import { appendFile, rename, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExecutionLog } from '../../../activities/execution-logs/execution-log.ts';
import { openLogTail, type LogTail } from '../../../scripts/logs/log-tail.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

describe('the tail of a log', () => {
  const folder = temporaryFolder();
  let tail: LogTail;
  afterEach(() => tail.close());

  const output = (): string => join(folder(), 'output.log');
  function follow(lastLines: number | null): void {
    const place = { control: folder(), work: folder(), output: output(), metrics: '' };
    const log: ExecutionLog = {
      trial: 1,
      name: 'seed-0',
      state: 'running',
      place,
      file: output(),
      digest: null,
      otherHost: null,
    };
    tail = openLogTail(log, output(), lastLines);
  }
  async function read(): Promise<string> {
    const parts: Buffer[] = [];
    for await (const part of tail.read()) parts.push(part);
    return Buffer.concat(parts).toString();
  }

  it('begins with the last lines, an unfinished one counted', async () => {
    await writeFile(output(), 'a\nb\nc\nd');
    follow(2);
    assert.equal(await read(), 'c\nd');
  });

  it('counts empty lines, and takes all where there are no more', async () => {
    await writeFile(output(), '\na\n\nb\n');
    follow(3);
    assert.equal(await read(), 'a\n\nb\n');
    await tail.close();
    follow(9);
    assert.equal(await read(), '\na\n\nb\n');
  });

  it('is nothing of a file that is not there yet, then all that is written', async () => {
    follow(null);
    assert.equal(await read(), '');
    await writeFile(output(), 'a\n');
    assert.equal(await read(), 'a\n');
    assert.equal(await read(), '');
    await appendFile(output(), 'b\n');
    assert.equal(await read(), 'b\n');
  });

  it('goes on in the file that replaces it when an attempt has ended, with what the next attempt appends', async () => {
    await writeFile(output(), `head\n${'\0'.repeat(5000)}kept\ntail\n`);
    follow(1);
    assert.equal(await read(), 'tail\n');
    await appendFile(output(), 'end of the attempt\n');
    const finished =
      'head\n[longrun: 5000 bytes (1 lines) of output were dropped here]\nkept\ntail\nend of the attempt\n';
    const removedBytes = 'head\nkept\ntail\nend of the attempt\n'.length + 5000 - finished.length;
    await writeFile(`${output()}.unfinished`, `${finished}next attempt\n`);
    await writeFile(join(folder(), 'output.json'), JSON.stringify({ removedBytes }));
    await rename(`${output()}.unfinished`, output());
    assert.equal(await read(), 'end of the attempt\nnext attempt\n');
    await appendFile(output(), 'and on\n');
    assert.equal(await read(), 'and on\n');
  });

  it('goes on behind the end of a file that its script has made shorter', async () => {
    await writeFile(output(), 'a\nb\nc\n');
    follow(null);
    await read();
    await truncate(output(), 2);
    assert.equal(await read(), '');
    await appendFile(output(), 'd\n');
    assert.equal(await read(), 'd\n');
  });
});
