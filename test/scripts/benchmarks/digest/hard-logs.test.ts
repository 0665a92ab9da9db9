import assert from 'node:assert/strict';
import { allHardLogs } from '../../../../scripts/benchmarks/digest/hard-logs/all-hard-logs.ts';
import { generateLog } from './generated-log.ts';
import { recount } from './recount.ts';

const size = { seed: 3, bytes: 150_000 };

describe('hard logs', () => {
  for (const { kind } of allHardLogs) {
    it(`${kind.name}: depends on its seed alone`, () => {
      assert.deepEqual(generateLog(kind, size), generateLog(kind, size));
      assert.notEqual(generateLog(kind, { ...size, seed: 4 }).text, generateLog(kind, size).text);
    });

    it(`${kind.name}: has each of its facts`, () => {
      const { text, facts } = generateLog(kind, size);
      const counted = recount(text, kind.name);
      assert.ok(facts.length > 0);
      for (const fact of facts) {
        if (fact.class === 'metric') {
          assert.ok(counted.values.get(fact.series)?.map(Number).includes(fact.value), fact.series);
        } else if (fact.class === 'location') {
          assert.ok(counted.locations.has(`${fact.file}:${fact.line}`), `${fact.file}:${fact.line}`);
        } else {
          const lines = counted.count(fact.phrase);
          assert.equal(lines, fact.class === 'count' ? fact.count : Math.max(1, lines), fact.phrase);
        }
      }
    });
  }

  it('one line: has no end of line', () => {
    const { kind } = allHardLogs.find((each) => each.kind.name === 'one line') ?? assert.fail();
    assert.ok(!generateLog(kind, size).text.includes('\n'));
  });
});
