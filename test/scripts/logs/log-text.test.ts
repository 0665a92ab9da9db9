import assert from 'node:assert/strict';
import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { OutputHole } from '../../../activities/adapters/output-hole.ts';
import { logText } from '../../../scripts/logs/log-text.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const chunkBytes = 256 * 1024;

describe('the text of a log', () => {
  const folder = temporaryFolder();

  async function textOf(content: string, hole: OutputHole | null = null): Promise<string> {
    await writeFile(join(folder(), 'output.log'), content);
    const log = await open(join(folder(), 'output.log'));
    try {
      const parts: Buffer[] = [];
      for await (const part of logText(log, hole)) parts.push(part);
      return Buffer.concat(parts).toString();
    } finally {
      await log.close();
    }
  }

  it('is all of it, over several chunks', async () => {
    const content = 'a line of some length\n'.repeat(50_000);
    assert.ok((await textOf(content)) === content);
  });

  it('keeps the few zero bytes that a script prints', async () => {
    const content = `${'x'.repeat(chunkBytes - 1)}\0\0y\0`;
    assert.ok((await textOf(content)) === content);
  });

  it('has a receipt where its middle was freed while it was read, at any cut', async () => {
    for (const before of [10, chunkBytes - 100, chunkBytes]) {
      const text = await textOf(`${'x'.repeat(before)}${'\0'.repeat(600_000)}after\n`);
      assert.equal(
        text.slice(before),
        '\n[longrun: 600000 bytes of output were dropped here while this was read]\nafter\n',
      );
    }
  });

  it('puts the receipt of what was freed before on a line of its own', async () => {
    const hole = { start: 4, end: 8, receipt: '[dropped]\n' };
    assert.equal(await textOf('head\0\0\0\0tail', hole), 'head\n[dropped]\ntail');
    assert.equal(await textOf('hea\n\0\0\0\0tail', hole), 'hea\n[dropped]\ntail');
  });

  it('ends with the receipt where nothing has come since', async () => {
    assert.equal(await textOf('hea\n\0\0\0\0', { start: 4, end: 8, receipt: '[dropped]\n' }), 'hea\n[dropped]\n');
  });
});
