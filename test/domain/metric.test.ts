import assert from 'node:assert/strict';
import { describeMetric, isBetter, meetsTarget } from '../../workflows/domain/metric.ts';
import { aMetric } from '../support/builders.ts';

const smaller = aMetric({ target: 2 });
const larger = aMetric({ direction: 'maximize', target: 2 });

describe('a metric', () => {
  it('that is minimized is better when smaller', () => {
    assert.deepEqual([isBetter(smaller, 1, 2), isBetter(smaller, 2, 1)], [true, false]);
  });

  it('that is maximized is better when larger', () => {
    assert.deepEqual([isBetter(larger, 1, 2), isBetter(larger, 2, 1)], [false, true]);
  });

  it('is never better than its equal', () => {
    assert.deepEqual([isBetter(smaller, 2, 2), isBetter(larger, 2, 2)], [false, false]);
  });

  it('that is minimized meets its target at it and below', () => {
    assert.deepEqual(
      [meetsTarget(smaller, 1.9), meetsTarget(smaller, 2), meetsTarget(smaller, 2.1)],
      [true, true, false],
    );
  });

  it('that is maximized meets its target at it and above', () => {
    assert.deepEqual([meetsTarget(larger, 1.9), meetsTarget(larger, 2), meetsTarget(larger, 2.1)], [false, true, true]);
  });

  it('without a target never meets it', () => {
    assert.equal(meetsTarget(aMetric(), -1e9), false);
  });

  it('takes zero as a target like any other', () => {
    assert.deepEqual([meetsTarget(aMetric({ target: 0 }), 0), meetsTarget(aMetric({ target: 0 }), 0.1)], [true, false]);
  });

  it('is described with its direction and target', () => {
    assert.equal(describeMetric(smaller), 'val_error, smaller is better, target 2');
  });

  it('is described as without a target where it has none', () => {
    assert.equal(describeMetric(aMetric({ direction: 'maximize' })), 'val_error, larger is better, no target');
  });
});
