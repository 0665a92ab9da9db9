import assert from 'node:assert/strict';
import type { Fact } from '../../../../scripts/benchmarks/digest/fact.ts';
import { allKinds } from '../../../../scripts/benchmarks/digest/kinds/all-kinds.ts';
import { ofClass } from '../../../../scripts/benchmarks/digest/score-digest.ts';
import { readValue } from '../../../../scripts/benchmarks/digest/truth.ts';
import { generateLog } from './generated-log.ts';
import { metricPatterns } from './metric-patterns.ts';
import { recount, type Recount } from './recount.ts';

/** Enough that every ending comes. */
const seeds = [1, 2, 3, 4, 5, 6];
const bytes = 40_000;

describe('generated logs', () => {
  it('have names of their own', () => {
    assert.equal(new Set(allKinds.map(({ name }) => name)).size, allKinds.length);
  });

  for (const kind of allKinds) {
    describe(kind.name, () => {
      it('depends on its seed alone', () => {
        const log = generateLog(kind, { seed: 7, bytes });
        assert.deepEqual(generateLog(kind, { seed: 7, bytes }), log);
        assert.notEqual(generateLog(kind, { seed: 8, bytes }).text, log.text);
      });

      it('is about as long as it should be', () => {
        const { text } = generateLog(kind, { seed: 1, bytes });
        assert.ok(text.length > bytes * 0.5 && text.length < bytes * 1.6, `${text.length} characters`);
      });

      it('says of itself what plain patterns count in it', () => {
        for (const seed of seeds) {
          const { text, facts } = generateLog(kind, { seed, bytes });
          const counted = recount(text, kind.name);
          assert.deepEqual(phrases(facts, 'exception').toSorted(), [...counted.exceptions].toSorted());
          assert.deepEqual(places(facts).toSorted(), [...counted.locations].toSorted());
          checkWarnings(facts, counted);
          checkCounts(facts, counted);
          checkMetrics(facts, { kind: kind.name, counted });
        }
      });
    });
  }
});

function phrases(facts: readonly Fact[], factClass: 'exception' | 'warning' | 'needle' | 'count'): string[] {
  return ofClass(facts, factClass).flatMap((fact) => ('phrase' in fact ? [fact.phrase] : []));
}

function places(facts: readonly Fact[]): string[] {
  return facts.flatMap((fact) => (fact.class === 'location' ? [`${fact.file}:${fact.line}`] : []));
}

function checkWarnings(facts: readonly Fact[], counted: Recount): void {
  const known = phrases(facts, 'warning');
  for (const phrase of known) assert.ok(counted.count(phrase) > 0, `no line has ${phrase}`);
  const unknown = counted.warnings.filter((line) => !known.some((phrase) => line.includes(phrase)));
  assert.deepEqual(unknown, []);
}

function checkCounts(facts: readonly Fact[], counted: Recount): void {
  for (const fact of facts) {
    if (fact.class === 'count') assert.equal(counted.count(fact.phrase), fact.count, fact.phrase);
    if (fact.class === 'needle') assert.equal(counted.count(fact.phrase), 1, fact.phrase);
  }
  const once = [...phrases(facts, 'exception'), ...phrases(facts, 'warning')];
  for (const phrase of once.filter((each) => !phrases(facts, 'count').includes(each))) {
    assert.ok(counted.count(phrase) < 3, `${phrase} is not counted`);
  }
}

/** The expected statistics are computed anew, from all the values. */
function checkMetrics(facts: readonly Fact[], { kind, counted }: { kind: string; counted: Recount }): void {
  const known = facts.filter((fact) => fact.class === 'metric');
  assert.deepEqual(
    [...new Set(known.map(({ series }) => series))].toSorted(),
    [...metricPatterns(kind).keys()].filter((series) => counted.values.has(series)).toSorted(),
  );
  for (const [series, texts] of counted.values) {
    const values = texts.map(readValue);
    const finite = values.filter((value) => !Number.isNaN(value));
    const expected = [values[0], values.at(-1), Math.min(...finite), Math.max(...finite)];
    const stated = known.filter((fact) => fact.series === series).map(({ value }) => value);
    assert.deepEqual(new Set(stated), new Set(expected), series);
  }
}
