import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { open, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestInProcess } from '../../activities/log-compaction/digest-in-process.ts';
import { logMixture } from '../support/log-mixtures.ts';
import { digestOf } from '../support/log-reading.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const tokens = 2_000;

describe('the digest that a process of its own makes', () => {
  const folder = temporaryFolder();

  it('is the same as in this process, and leaves the descriptor open', async () => {
    const { text } = logMixture(6, { tracebacks: true });
    await writeFile(join(folder(), 'log.txt'), text);
    const log = await open(join(folder(), 'log.txt'));
    try {
      assert.equal(await digestInProcess(log.fd, { tokens }), digestOf(text, tokens));
      assert.ok((await log.stat()).isFile());
    } finally {
      await log.close();
    }
  });

  it('ends with its signal', async () => {
    const abort = new AbortController();
    // Open for writing too, and nothing is ever written: the process would wait for ever.
    execFileSync('mkfifo', [join(folder(), 'pipe')]);
    const pipe = await open(join(folder(), 'pipe'), 'r+');
    try {
      const digest = digestInProcess(pipe.fd, { tokens }, { signal: abort.signal });
      const failed = assert.rejects(digest, { name: 'AbortError' });
      const [child] = await childrenThatDigest();
      assert.ok(child !== undefined);
      abort.abort();
      await failed;
      assert.deepEqual(await childrenThatDigest(0), []);
    } finally {
      await pipe.close();
    }
  });

  it('fails with the reason where the descriptor is a folder', async () => {
    const log = await open(folder());
    try {
      await assert.rejects(
        digestInProcess(log.fd, { tokens }),
        /The process that digests the log ended with .*(EISDIR|directory)/s,
      );
    } finally {
      await log.close();
    }
  });
});

/** Ids of this process's children that digest a log, once there are as many. */
async function childrenThatDigest(count = 1): Promise<string[]> {
  for (;;) {
    const found: string[] = [];
    for (const id of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
      const [stat, command] = await Promise.all(['stat', 'cmdline'].map((name) => readIfThere(`/proc/${id}/${name}`)));
      const parent = /^\d+ \(.*\) \S (\d+)/s.exec(stat ?? '')?.[1];
      if (parent === String(process.pid) && command?.includes('digest-program')) found.push(id);
    }
    if (found.length === count) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function readIfThere(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const hasEnded = error instanceof Error && 'code' in error && ['ENOENT', 'ESRCH'].includes(String(error.code));
    if (!hasEnded) throw error;
    return '';
  }
}
