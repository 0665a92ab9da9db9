import assert from 'node:assert/strict';
import { createLineReader } from '../../activities/log-compaction/line-reader.ts';
import { cutAtRandom, readLines, type ReadLines } from '../support/log-reading.ts';
import { seededRandom, type SeededRandom } from '../support/seeded-random.ts';

const longestLine = 64 * 1024;
const megabyte = 1024 * 1024;

function texts(log: string | Buffer): string[] {
  return readLines([Buffer.from(log)]).lines.map(({ text }) => text);
}

/** The same however the bytes are cut, or the test fails. */
function readEverywhere(log: string | Buffer): ReadLines {
  const bytes = Buffer.from(log);
  const whole = readLines([bytes]);
  for (const size of [1, 2, 7, 1000]) {
    if (bytes.length / size > 100_000) continue;
    const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
      bytes.subarray(index * size, (index + 1) * size),
    );
    assert.deepEqual(readLines(chunks), whole, `in chunks of ${size}`);
  }
  return whole;
}

describe('a reader of lines', () => {
  it('gives each line with its number', () => {
    assert.deepEqual(readEverywhere('one\ntwo\nthree\n').lines, [
      { number: 1, text: 'one', length: 3 },
      { number: 2, text: 'two', length: 3 },
      { number: 3, text: 'three', length: 5 },
    ]);
  });

  it('gives the last line where it has no line feed', () => {
    assert.deepEqual(texts('one\ntwo'), ['one', 'two']);
    assert.equal(readEverywhere('one\ntwo').counts.lines, 2);
  });

  it('gives nothing for nothing', () => {
    const { lines, counts, tail } = readLines([]);
    assert.deepEqual([lines, counts.lines, counts.bytes, tail.length], [[], 0, 0, 0]);
    assert.deepEqual(readLines([Buffer.alloc(0)]).counts, counts);
  });

  it('counts blank lines and gives none of them', () => {
    const { lines, counts } = readEverywhere('one\n\n  \t\n\r\ntwo\n\x1b[0m\n');
    assert.deepEqual(
      lines.map(({ number, text }) => [number, text]),
      [
        [1, 'one'],
        [5, 'two'],
      ],
    );
    assert.deepEqual([counts.lines, counts.blankLines], [6, 4]);
  });

  it('takes line ends of Windows for line ends, and nothing for redrawn', () => {
    const { lines, counts } = readEverywhere('one\r\ntwo\r\nthree\r\n');
    assert.deepEqual(
      lines.map(({ text }) => text),
      ['one', 'two', 'three'],
    );
    assert.equal(counts.redrawnBytes, 0);
  });

  it('leaves zero bytes away and counts them', () => {
    const { lines, counts } = readEverywhere('a\0b\n\0\0\0c\0\n\0');
    assert.deepEqual(
      lines.map(({ text }) => text),
      ['ab', 'c'],
    );
    assert.deepEqual([counts.zeroBytes, counts.bytes, counts.lines], [6, 11, 2]);
  });

  it('gives bytes that are no UTF-8 as they are', () => {
    const log = Buffer.from([0x61, 0xff, 0xfe, 0x80, 0x0a, 0xc3, 0x0a, 0xe2, 0x96, 0x0a, 0x62, 0x0a]);
    assert.deepEqual(
      readEverywhere(log).lines.map(({ text }) => Buffer.from(text, 'latin1').toString('hex')),
      ['61fffe80', 'c3', 'e296', '62'],
    );
  });

  it('ends lines at their line feeds behind a character that was cut, and goes on rightly', () => {
    const log = Buffer.concat(Array.from({ length: 50 }, () => Buffer.from([0x61, 0xe2, 0x96, 0x0a])));
    assert.equal(readEverywhere(Buffer.concat([log, Buffer.from('end\n')])).counts.lines, 51);
  });

  it('gives the same however its bytes are cut', () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const random = seededRandom(seed);
      const bytes = oddLog(random, 50 + random.below(300));
      const whole = readLines([bytes]);
      for (const most of [1, 3, 40, 5_000])
        assert.deepEqual(readLines(cutAtRandom(bytes, random, most)), whole, `seed ${seed}, chunks of ${most}`);
    }
  });

  it('gives what a plain splitting of the whole text gives', () => {
    for (let seed = 1; seed <= 30; seed += 1) {
      const random = seededRandom(seed);
      const bytes = oddLog(random, 200 + random.below(1_500));
      const { lines, counts } = readLines(cutAtRandom(bytes, random, 100));
      const expected = splitPlainly(bytes);
      assert.deepEqual(
        lines.map(({ number, length }) => ({ number, length })),
        expected.lines,
        `seed ${seed}`,
      );
      assert.deepEqual([counts.lines, counts.redrawnBytes], [expected.count, expected.redrawnBytes], `seed ${seed}`);
    }
  });
});

describe('redrawn progress', () => {
  it('is the last redraw, and the bytes before it are counted', () => {
    const { lines, counts } = readEverywhere('10%\r20%\r30%\nnext\n');
    assert.deepEqual(
      lines.map(({ text }) => text),
      ['30%', 'next'],
    );
    assert.deepEqual([counts.redrawnBytes, counts.redrawnLines], [8, 1]);
  });

  it('is the last redraw that has text where a carriage return ends it', () => {
    assert.deepEqual(
      readEverywhere('10%\r20%\r\n40%\r').lines.map(({ text }) => text),
      ['20%', '40%'],
    );
  });

  it('is one line where megabytes of it have no line feed', () => {
    const frames = Array.from({ length: 60_000 }, (_, index) => `\rstep ${index} | loss 0.${index} ----------`);
    const bytes = Buffer.from(`${frames.join('')}\nnext\n`);
    for (const size of [4096, 65_536, bytes.length]) {
      const { lines, counts } = readLines(pieces(bytes, size));
      assert.deepEqual(
        lines.map(({ text }) => text),
        ['step 59999 | loss 0.59999 ----------', 'next'],
        `${size}`,
      );
      assert.equal(counts.redrawnBytes + counts.cutBytes, bytes.length - 5 - lines[0]!.length - 1, `${size}`);
      assert.deepEqual([counts.redrawnLines, counts.cutLines], [1, 0], `${size}`);
    }
  });

  it('is its last redraw where the log ends within it', () => {
    const frames = Array.from({ length: 30_000 }, (_, index) => `\r${index}/30000 done`);
    assert.deepEqual(
      readLines(pieces(Buffer.from(frames.join('')), 1000)).lines.map(({ text }) => text),
      ['29999/30000 done'],
    );
  });
});

const start = (length: number): string => 'loss 1.5 '.repeat(length / 9 + 1).slice(0, length);

describe('a very long line', () => {
  it('of 100 KB is read up to 64 KB, and the rest is counted', () => {
    const bytes = Buffer.from(`before\n${start(100_000)}\nafter\n`);
    for (const size of [999, 65_536, bytes.length]) {
      const { lines, counts } = readLines(pieces(bytes, size));
      assert.deepEqual(
        lines.map(({ number, length }) => [number, length]),
        [
          [1, 6],
          [2, longestLine],
          [3, 5],
        ],
        `in chunks of ${size}`,
      );
      assert.deepEqual([counts.cutBytes, counts.cutLines, counts.lines], [100_000 - longestLine, 1, 3]);
    }
  });

  it('of 20 MB is read up to 64 KB, and the rest is counted', () => {
    const part = Buffer.from(start(megabyte));
    const chunks = [...Array.from({ length: 20 }, () => part), Buffer.from('\nafter\n')];
    const { lines, counts } = readLines(chunks);
    assert.deepEqual(
      lines.map(({ length }) => length),
      [longestLine, 5],
    );
    assert.deepEqual([counts.cutBytes, counts.cutLines], [20 * megabyte - longestLine, 1]);
  });

  it('of exactly 64 KB is read whole', () => {
    const bytes = Buffer.from(`${start(longestLine)}\n`);
    for (const size of [1000, bytes.length]) {
      const { lines, counts } = readLines(pieces(bytes, size));
      assert.deepEqual([lines[0]?.length, counts.cutBytes, counts.cutLines], [longestLine, 0, 0]);
    }
  });

  it('is overwritten whole by what follows a carriage return', () => {
    const bytes = Buffer.from(`${start(300_000)}\rshort\nafter\n`);
    for (const size of [1000, 65_536, bytes.length]) {
      const { lines, counts } = readLines(pieces(bytes, size));
      assert.deepEqual(
        lines.map(({ text }) => text),
        ['short', 'after'],
        `in chunks of ${size}`,
      );
      assert.deepEqual([counts.redrawnBytes, counts.cutBytes], [300_001, 0], `in chunks of ${size}`);
    }
  });

  it('loses no byte uncounted', () => {
    for (let seed = 1; seed <= 12; seed += 1) {
      const random = seededRandom(seed);
      const parts = Array.from({ length: 8 }, () => start(random.below(150_000)) + random.pick(['\n', '\r', '\r\n']));
      const bytes = Buffer.from(`${parts.join('')}end\n`);
      const ends = [...bytes.toString('latin1').matchAll(/\r*\n/g)].reduce((sum, [end]) => sum + end.length, 0);
      for (const size of [4096, 70_001, bytes.length]) {
        const { lines, counts } = readLines(pieces(bytes, size));
        const given = lines.reduce((sum, { length }) => sum + length, 0);
        assert.equal(
          given + counts.redrawnBytes + counts.cutBytes + ends,
          bytes.length,
          `seed ${seed}, chunks of ${size}`,
        );
      }
    }
  });
});

describe('the tail of what was read', () => {
  it('is all of it while it is short', () => {
    assert.equal(readEverywhere('one\ntwo\r\nthree').tail.toString(), 'one\ntwo\r\nthree');
  });

  it('is its last 256 KB', () => {
    const bytes = Buffer.from(Array.from({ length: 60_000 }, (_, index) => `line ${index}\n`).join(''));
    for (const size of [1000, 300_000, bytes.length])
      assert.ok(readLines(pieces(bytes, size)).tail.equals(bytes.subarray(-256 * 1024)), `in chunks of ${size}`);
  });

  it('stays what it is where the chunk is written over afterwards', () => {
    for (const length of [20, 400_000]) {
      const reader = createLineReader(() => {});
      const chunk = Buffer.alloc(length, 'a');
      reader.write(chunk);
      chunk.fill('b');
      assert.equal(reader.tail().includes('b'), false);
    }
  });
});

function pieces(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
}

const oddParts = ['loss 1.5', '10%', '\r', '\r', '\r\n', '\n', '\n', ' ', '\0', 'é', '█', 'x'.repeat(70), '0.25', '='];

function oddLog(random: SeededRandom, parts: number): Buffer {
  return Buffer.from(Array.from({ length: parts }, () => random.pick(oddParts)).join(''));
}

/** What the reader has to give, said in the plainest way: of lines of the parts above. */
function splitPlainly(bytes: Buffer): {
  lines: { number: number; length: number }[];
  count: number;
  redrawnBytes: number;
} {
  const text = bytes.toString('latin1').replaceAll('\0', '');
  const parts = text.split('\n');
  if (parts.at(-1) === '') parts.pop();
  let redrawnBytes = 0;
  const lines = parts.flatMap((part, index) => {
    const shown = part.replace(/\r+$/, '');
    const last = shown.slice(shown.lastIndexOf('\r') + 1);
    redrawnBytes += shown.length - last.length;
    const isBlank = Buffer.from(last, 'latin1').toString().replaceAll('█', '').trim() === '';
    return isBlank ? [] : [{ number: index + 1, length: last.length }];
  });
  return { lines, count: parts.length, redrawnBytes };
}
