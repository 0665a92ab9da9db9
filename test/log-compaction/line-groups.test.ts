import assert from 'node:assert/strict';
import type { LogCensus } from '../../activities/log-compaction/log-census.ts';
import type { LineGroup } from '../../activities/log-compaction/line-group.ts';
import { columnSummary } from '../../activities/log-compaction/number-course.ts';
import { logMixture, wordOf } from '../support/log-mixtures.ts';
import { accountedLines, censusOf } from '../support/log-reading.ts';

const manyLines = (count: number, render: (index: number) => string): string[] =>
  Array.from({ length: count }, (_, index) => render(index));

/** No two of them have the same shape. */
const distinct = (count: number): string[] =>
  manyLines(count, (index) => `shard ${wordOf(index)} of ${wordOf(3 * index)}`);

function groupsOf(lines: readonly string[]): LineGroup[] {
  return censusOf(lines.join('\n')).groups;
}

function find({ groups }: LogCensus, text: string): LineGroup {
  const found = groups.find(({ sample }) => sample.includes(text));
  assert.ok(found, `no group of ${text}`);
  return found;
}

describe('lines of the same shape', () => {
  it('are one group with their count and their places', () => {
    const groups = groupsOf(['begin', 'step 1 loss 3.5', 'other', 'step 2 loss 2.5', 'step 3 loss 1.5', 'end']);
    assert.deepEqual(
      groups.map(({ sample, count, firstLine, lastLine }) => [sample, count, firstLine, lastLine]),
      [
        ['begin', 1, 1, 1],
        ['step 1 loss 3.5', 3, 2, 5],
        ['other', 1, 3, 3],
        ['end', 1, 6, 6],
      ],
    );
  });

  it('have the course of each of their numbers', () => {
    const [group] = groupsOf(['step 1 loss 3.5', 'step 2 loss 9.5', 'step 3 loss 1.5']);
    assert.ok(group?.course);
    const { first, last, maximum } = columnSummary(group.course, 1);
    assert.deepEqual([group.course.rowCount, first, last, maximum], [3, 3.5, 1.5, { value: 9.5, at: 2 }]);
  });

  it('have NaN among the values of their course', () => {
    const groups = groupsOf(['step 1 loss 3.5', 'step 2 loss nan', 'step 3 loss 1.5', 'step 4 loss -inf']);
    assert.equal(groups.length, 1);
    assert.deepEqual(columnSummary(groups[0]!.course!, 1).notFinite, { count: 2, firstAt: 2 });
  });

  it('have no course where they have no numbers, or where there is one of them', () => {
    assert.deepEqual(
      groupsOf(['going on', 'going on', 'step 1']).map(({ course }) => course),
      [null, null],
    );
  });

  it('know the line before the first of them where it has no numbers', () => {
    assert.equal(groupsOf(['epoch,loss,acc', '1,2.5,0.5', '2,2.25,0.75']).at(1)?.head, 'epoch,loss,acc');
    assert.equal(groupsOf(['at 5 of', '1,2.5,0.5']).at(1)?.head, '');
  });

  it('are a family where very many differ in the digits within their words', () => {
    const lines = manyLines(3_000, (index) => `layer${index}.weight frozen`);
    const census = censusOf([...lines, ...lines].join('\n'));
    assert.ok(census.groups.length < 60, `${census.groups.length} groups`);
    assert.ok(census.groups.some(({ isFamily }) => isFamily));
    assert.equal(accountedLines(census), 6_000);
  });

  it('are shapes of their own where few differ in the digits within their words', () => {
    const lines = manyLines(12, (index) => `layer${index} loss ${index}.5`);
    assert.equal(groupsOf([...lines, ...lines]).length, 12);
  });
});

describe('every line', () => {
  it('is counted exactly once, in mixtures of all kinds', () => {
    for (let seed = 1; seed <= 12; seed += 1) {
      const census = censusOf(logMixture(seed, { tracebacks: true }).text);
      assert.equal(accountedLines(census), census.counts.lines, `seed ${seed}`);
    }
  });

  it('is counted exactly once in a flood of distinct lines, and few of them are kept', () => {
    const lines = distinct(30_000);
    const census = censusOf([...lines, ...lines.slice(0, 5_000)].join('\n'));
    assert.equal(accountedLines(census), 35_000);
    assert.ok(census.groups.length <= 4_000 && census.crowds.length <= 1_500, `${census.groups.length} groups`);
  });

  it('is counted exactly once in a flood of distinct errors with tracebacks among them', () => {
    const lines = distinct(4_000).map((line, index) =>
      index % 400 === 0
        ? `Traceback (most recent call last):\n  File "a.py", line ${index}\nValueError: bad`
        : `error: ${line}`,
    );
    const census = censusOf(lines.join('\n'));
    assert.equal(accountedLines(census), census.counts.lines);
    assert.equal(
      [...census.tracebacks, ...census.otherTracebacks].reduce((sum, { count }) => sum + count, 0),
      10,
    );
  });

  it('is counted exactly once where every shape occurs twice', () => {
    const census = censusOf(
      distinct(9_000)
        .flatMap((line) => [line, line])
        .join('\n'),
    );
    assert.equal(accountedLines(census), 18_000);
  });

  it('is counted exactly once where every line has words and numbers of its own', () => {
    const census = censusOf(
      manyLines(9_000, (index) => `${wordOf(index)} ${'1.5 '.repeat(1 + (index % 40))}`).join('\n'),
    );
    assert.equal(accountedLines(census), 9_000);
  });
});

describe('after a flood of 50,000 distinct lines', () => {
  const flood = distinct(50_000);
  const late = [
    'ERROR: the fan of node k stands still',
    'METRIC accuracy=0.875',
    ...manyLines(300, (index) => `epoch ${index}: loss ${300 - index}`),
  ];
  const census = censusOf(['lr: 0.001', ...flood, ...late, ...flood.slice(0, 20_000)].join('\n'));

  it('a rare error has a group of its own', () => assert.equal(find(census, 'the fan of node k').count, 1));

  it('a reported result has one', () => assert.equal(find(census, 'METRIC accuracy').sample, 'METRIC accuracy=0.875'));

  it('the first lines still have theirs', () => assert.equal(find(census, 'lr: 0.001').firstLine, 1));

  it('the course of a metric that begins then is whole', () => {
    const { count, course } = find(census, 'epoch 0: loss');
    assert.deepEqual([count, course?.rowCount, course && columnSummary(course, 1).last], [300, 300, 1]);
  });

  it('every line is counted', () => assert.equal(accountedLines(census), census.counts.lines));

  it('a course that goes on within the flood is whole', () => {
    const lines = flood
      .slice(0, 20_000)
      .flatMap((line, index) => (index % 100 === 0 ? [line, `step ${index} loss 1.${index}`] : [line]));
    assert.equal(find(censusOf(lines.join('\n')), 'step 0 loss').count, 200);
  });
});
