import assert from 'node:assert/strict';
import { mean, significant, standardDeviation } from '../../workflows/domain/statistics.ts';

describe('statistics', () => {
  it('have the arithmetic mean', () => {
    assert.equal(mean([2, 4, 4, 4, 5, 5, 7, 9]), 5);
  });

  it('divide the squared deviations by n - 1', () => {
    // Squared deviations from 5: 9 + 1 + 1 + 1 + 0 + 0 + 4 + 16 = 32, over 7.
    assert.equal(standardDeviation([2, 4, 4, 4, 5, 5, 7, 9]), Math.sqrt(32 / 7));
  });

  it('have the deviation of two values', () => {
    // Deviations from 2: -1 and 1, so sqrt(2 / 1).
    assert.equal(standardDeviation([1, 3]), Math.SQRT2);
  });

  it('know a deviation of zero among equal values', () => {
    assert.equal(standardDeviation([3, 3, 3]), 0);
  });

  it('say nothing about the spread of one value', () => {
    assert.equal(standardDeviation([3]), null);
  });

  it('say nothing about the spread of no value', () => {
    assert.equal(standardDeviation([]), null);
  });

  it('round to six significant digits, whatever the size', () => {
    assert.deepEqual(
      [significant(1234567.89), significant(0.000123456789), significant(-2.5)],
      [1234570, 0.000123457, -2.5],
    );
  });
});
