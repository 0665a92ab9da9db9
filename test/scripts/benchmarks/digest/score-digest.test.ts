import assert from 'node:assert/strict';
import type { Fact, MetricFact } from '../../../../scripts/benchmarks/digest/fact.ts';
import { scoreDigest } from '../../../../scripts/benchmarks/digest/score-digest.ts';

type Fate = 'kept' | 'reported' | 'silent';

function fateOf(fact: Fact, digest: string): Fate {
  const { kept, reported, silent } = scoreDigest([fact], digest);
  assert.equal(kept.length + reported.length + silent.length, 1);
  return kept.length === 1 ? 'kept' : reported.length === 1 ? 'reported' : 'silent';
}

const exception: Fact = { class: 'exception', phrase: 'ValueError: bad shape (3, 4)' };
const location: Fact = { class: 'location', file: '/app/train.py', line: 87 };
const warning: Fact = { class: 'warning', phrase: 'UserWarning: deprecated' };
const count: Fact = { class: 'count', phrase: 'saving checkpoint', count: 1234 };
const needle: Fact = { class: 'needle', phrase: 'early stopping at epoch 7' };
const loss: MetricFact = {
  class: 'metric',
  name: 'loss',
  series: 'loss',
  statistic: 'last',
  value: 0.25,
  isColumn: false,
};

describe('the score of a digest', () => {
  it('keeps a phrase whatever its colours and gaps are', () => {
    assert.equal(fateOf(exception, '# Log\n\n`\u001b[31mValueError:\u001b[0m  bad shape (3, 4)`'), 'kept');
    assert.equal(fateOf(exception, 'ValueError: bad shape (3, 5)'), 'silent');
  });

  it('keeps a place where the number follows the name of the file on its line', () => {
    assert.equal(fateOf(location, 'at train.py:87 in main'), 'kept');
    assert.equal(fateOf(location, '  File "/app/train.py", line 87, in main'), 'kept');
    assert.equal(fateOf(location, 'at train.py:870'), 'silent');
    assert.equal(fateOf(location, '87 times in train.py'), 'silent');
    assert.equal(fateOf(location, 'at train.py\n87'), 'silent');
  });

  it('keeps a count on the line of its phrase, with or without separators', () => {
    assert.equal(fateOf(count, '1,234 times: saving checkpoint to out'), 'kept');
    assert.equal(fateOf(count, 'saving checkpoint ×1234'), 'kept');
    assert.equal(fateOf(count, '1234 times:\nsaving checkpoint'), 'silent');
    assert.equal(fateOf(count, '12345 times: saving checkpoint'), 'silent');
  });

  it('keeps a value within a millionth on the line of its name', () => {
    assert.equal(fateOf(loss, 'loss: first 3.1, last 0.25000001'), 'kept');
    assert.equal(fateOf(loss, 'loss: first 3.1, last 2.5e-1'), 'kept');
    assert.equal(fateOf(loss, 'loss: first 3.1, last 0.2501'), 'silent');
    assert.equal(fateOf(loss, 'val_loss 0.25'), 'silent');
    assert.equal(fateOf(loss, 'loss\n0.25'), 'silent');
    assert.equal(fateOf(loss, 'loss -0.25'), 'silent');
    assert.equal(fateOf({ ...loss, value: -0.25 }, 'loss from -0.25 to 1'), 'kept');
    assert.equal(fateOf(loss, 'loss 0.9-0.25'), 'kept');
  });

  it('keeps what is not a number by its word', () => {
    assert.equal(fateOf({ ...loss, value: Number.NaN }, 'loss: last nan'), 'kept');
    assert.equal(fateOf({ ...loss, value: Number.NaN }, 'loss: last NaN'), 'kept');
    assert.equal(fateOf({ ...loss, value: Number.NaN }, 'loss of the finance model'), 'silent');
    assert.equal(fateOf({ ...loss, value: -Infinity }, 'loss -inf'), 'kept');
    assert.equal(fateOf({ ...loss, value: Infinity }, 'loss -inf'), 'silent');
  });

  it('takes the head of a column for the name of what stands below it', () => {
    const column = { ...loss, isColumn: true };
    assert.equal(fateOf(column, 'epoch  loss\n1  0.9\n2  0.25'), 'kept');
    assert.equal(fateOf(column, `epoch  loss\n${'\n'.repeat(6)}2  0.25`), 'silent');
    assert.equal(fateOf(loss, 'epoch  loss\n2  0.25'), 'silent');
  });
});

/** A digest whose first paragraph says that this was left out. */
function headOf(text: string): string {
  return `# Log of 9 lines; left out: ${text}.\n\nbody, left out: 9 errors, 9 warnings`;
}

describe('the omissions of a digest', () => {
  it('account for lost facts of the class that they name', () => {
    assert.equal(fateOf(exception, headOf('12 errors (345 lines)')), 'reported');
    assert.equal(fateOf(location, headOf('7 warnings, 12 errors (345 lines)')), 'reported');
    assert.equal(fateOf(warning, headOf('7 warnings (9 lines), 40 other kinds of lines (1,234 lines)')), 'reported');
    assert.equal(fateOf(exception, headOf('7 warnings (9 lines)')), 'silent');
    assert.equal(fateOf(warning, headOf('12 errors (345 lines), 40 other kinds of lines')), 'silent');
  });

  it('account for values, counts and rare lines whatever they count', () => {
    for (const fact of [loss, count, needle]) {
      assert.equal(fateOf(fact, headOf('40 other kinds of lines (1,234 lines)')), 'reported');
    }
  });

  it('account for nothing where nothing is left out', () => {
    for (const fact of [exception, warning, loss, needle]) {
      assert.equal(fateOf(fact, '# Log of 9 lines; nothing left out\n\nbody'), 'silent');
      assert.equal(fateOf(fact, headOf('0 errors, 0 warnings, 0 lines')), 'silent');
    }
  });

  it('account for no more errors than they count', () => {
    const facts: Fact[] = ['a', 'b', 'c'].map((word) => ({ class: 'exception', phrase: `ValueError: ${word}` }));
    const { reported, silent } = scoreDigest(facts, headOf('2 errors'));
    assert.deepEqual([reported.length, silent.length], [2, 1]);
  });

  it('are read in the first paragraph only', () => {
    assert.equal(fateOf(exception, 'Log of 9 lines.\n\nleft out: 12 errors'), 'silent');
  });
});
