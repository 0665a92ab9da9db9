import assert from 'node:assert/strict';
import { createLogCompactor } from '../../activities/log-compaction/log-compactor.ts';
import { renderDigest } from '../../activities/log-compaction/render-digest.ts';
import { logMixture } from '../support/log-mixtures.ts';
import { cutAtRandom } from '../support/log-reading.ts';
import { seededRandom } from '../support/seeded-random.ts';

describe('a compactor of logs', () => {
  it('makes the same digest however the log is cut into chunks', () => {
    for (let seed = 21; seed <= 26; seed += 1) {
      const bytes = Buffer.from(logMixture(seed, { tracebacks: true }).text);
      const digests = [7_000, 200_000, bytes.length].map((most) => {
        const compactor = createLogCompactor();
        for (const chunk of cutAtRandom(bytes, seededRandom(seed), most)) compactor.write(chunk);
        return renderDigest(compactor.end(), 2_000);
      });
      assert.equal(new Set(digests).size, 1, `seed ${seed}`);
    }
  });

  it('reads bytes of every kind, and counts their lines', () => {
    const random = seededRandom(9);
    const bytes = Buffer.from(Array.from({ length: 300_000 }, () => random.below(256)));
    const compactor = createLogCompactor();
    for (const chunk of cutAtRandom(bytes, random, 9_000)) compactor.write(chunk);
    const { counts } = compactor.end();
    const ends = bytes.filter((byte) => byte === 0x0a).length;
    assert.deepEqual([counts.bytes, counts.lines], [bytes.length, ends + (bytes.at(-1) === 0x0a ? 0 : 1)]);
  });

  it('is read more than once: rendering changes nothing', () => {
    const compactor = createLogCompactor();
    compactor.write(Buffer.from(logMixture(30, { tracebacks: true }).text));
    const census = compactor.end();
    assert.equal(renderDigest(census, 1_000), (renderDigest(census, 8_000), renderDigest(census, 1_000)));
  });
});
