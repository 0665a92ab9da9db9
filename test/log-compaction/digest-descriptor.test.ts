import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestDescriptor, type LogHole } from '../../activities/log-compaction/digest-descriptor.ts';
import { digestOf } from '../support/log-reading.ts';
import { logMixture } from '../support/log-mixtures.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const tokens = 2_000;

function digestOfFile(file: string, hole: LogHole | null = null): string {
  const descriptor = openSync(file, 'r');
  try {
    return digestDescriptor(descriptor, { tokens, hole });
  } finally {
    closeSync(descriptor);
  }
}

describe('the digest of an open file', () => {
  const folder = temporaryFolder();
  const log = (): string => join(folder(), 'log.txt');

  it('is that of the bytes in it', async () => {
    for (const seed of [1, 2, 3]) {
      const { text } = logMixture(seed, { tracebacks: true });
      await writeFile(log(), text);
      assert.equal(digestOfFile(log()), digestOf(text, tokens));
    }
  });

  it('says that an empty file is empty', async () => {
    await writeFile(log(), '');
    assert.match(digestOfFile(log()), /empty/);
  });

  it('says that a binary file is no text', async () => {
    await writeFile(log(), Buffer.from(Float64Array.from({ length: 9_000 }, (_, index) => Math.sin(index)).buffer));
    assert.match(digestOfFile(log()), /no text/);
  });

  it('begins at its start, wherever others have read', async () => {
    await writeFile(log(), 'first\nsecond\n');
    const descriptor = openSync(log(), 'r');
    try {
      assert.equal(digestDescriptor(descriptor, { tokens }), digestDescriptor(descriptor, { tokens }));
      assert.match(digestDescriptor(descriptor, { tokens }), /first/);
    } finally {
      closeSync(descriptor);
    }
  });

  it('is of what is there, also while somebody appends', async () => {
    const { text } = logMixture(4);
    await writeFile(log(), text);
    const writer = spawn('sh', ['-c', 'while echo more; do :; done >> "$0"', log()], { stdio: 'ignore' });
    try {
      const digest = digestOfFile(log());
      const bytes = Number(/^Log of (\d+) bytes/.exec(digest)?.[1]);
      assert.ok(bytes >= Buffer.byteLength(text), digest.slice(0, 100));
    } finally {
      writer.kill('SIGKILL');
    }
  });

  it('has what was appended before the next one is made', async () => {
    await writeFile(log(), 'first\n');
    assert.doesNotMatch(digestOfFile(log()), /second/);
    await appendFile(log(), 'second\n');
    assert.match(digestOfFile(log()), /second/);
  });

  describe('with a hole', () => {
    const receipt = '[longrun: 9000 bytes (300 lines) of output were dropped here]\n';
    const [head, tail] = ['METRIC early=0.5\nbegin\n', 'going on\nbye\n'];

    async function punched(before: string, after: string): Promise<LogHole> {
      await writeFile(log(), Buffer.concat([Buffer.from(before), Buffer.alloc(9_000), Buffer.from(after)]));
      return { start: before.length, end: before.length + 9_000, receipt };
    }

    it('has the receipt in its place, and what stands around it', async () => {
      const digest = digestOfFile(log(), await punched(head, tail));
      for (const part of [receipt.trim(), 'METRIC early=0.5', 'begin', 'going on', 'bye'])
        assert.ok(digest.includes(part), part);
      assert.doesNotMatch(digest, /zero bytes/);
    });

    it('has the results that the receipt tells of', async () => {
      const hole = await punched(head, tail);
      const digest = digestOfFile(log(), { ...hole, receipt: `${receipt}METRIC late=0.75\n` });
      assert.ok(digest.includes('METRIC late=0.75'), digest);
    });

    it('does not join the line before it to the receipt', async () => {
      const digest = digestOfFile(log(), await punched('METRIC early=0.5', tail));
      assert.ok(digest.includes('METRIC early=0.5') && digest.includes(receipt.trim()), digest);
    });

    it('may begin the file, or end it', async () => {
      for (const [before, after] of [
        ['', tail],
        [head, ''],
      ] as const)
        assert.ok(digestOfFile(log(), await punched(before, after)).includes(receipt.trim()), `${before}|${after}`);
    });

    it('may lie behind megabytes', async () => {
      const before = 'step 1 loss 2.5\n'.repeat(150_000);
      const digest = digestOfFile(log(), await punched(before, tail));
      assert.ok(digest.includes(receipt.trim()));
      assert.match(digest, /x150000:/);
    });
  });
});

describe('the digest of a pipe', () => {
  const folder = temporaryFolder();

  it('is that of all that comes through it', async () => {
    const { text } = logMixture(5, { tracebacks: true });
    const [log, pipe] = [join(folder(), 'log.txt'), join(folder(), 'pipe')];
    await writeFile(log, text);
    // The writer opens the pipe once somebody reads it.
    const writer = spawn('sh', ['-c', 'mkfifo "$1" && echo ready && cat "$0" > "$1"', log, pipe], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      await new Promise((resolve) => writer.stdout.once('data', resolve));
      assert.equal(digestOfFile(pipe), digestOf(text, tokens));
    } finally {
      writer.kill('SIGKILL');
    }
  });
});
