import assert from 'node:assert/strict';
import { deflateSync } from 'node:zlib';
import { looksBinary } from '../../activities/log-compaction/looks-binary.ts';
import { seededRandom } from '../support/seeded-random.ts';

describe('a file', () => {
  const texts: Record<string, Buffer> = {
    'is empty': Buffer.alloc(0),
    'is a log': Buffer.from('step 10: loss 2.5\n'.repeat(100)),
    'is in another language': Buffer.from('完成 ✓ привет мир\n'.repeat(100)),
    'has bars and colours': Buffer.from('\x1b[32m45%|████▌ |\x1b[0m\r'.repeat(100)),
    'has a few bytes that are no UTF-8': Buffer.from('step 10: loss 2.5 \xff\n'.repeat(100), 'latin1'),
    'has a hole': Buffer.concat([Buffer.from('step 10: loss 2.5\n'), Buffer.alloc(60_000)]),
    'is UTF-16': Buffer.from('step 10: loss 2.5\n'.repeat(100), 'utf16le'),
  };
  for (const [name, bytes] of Object.entries(texts)) {
    it(`is text where it ${name}`, () => assert.equal(looksBinary(bytes), false));
  }

  const random = seededRandom(1);
  const noise = Buffer.from(Array.from({ length: 4_000 }, () => random.below(256)));
  const binaries: Record<string, Buffer> = {
    'is noise': noise,
    'is compressed': deflateSync(noise),
    'is a checkpoint': Buffer.from(Float32Array.from({ length: 4_000 }, () => random.below(1e6) / 7e5).buffer),
  };
  for (const [name, bytes] of Object.entries(binaries)) {
    it(`is binary where it ${name}`, () => assert.equal(looksBinary(bytes), true));
  }
});
