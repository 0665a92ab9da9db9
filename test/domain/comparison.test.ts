import assert from 'node:assert/strict';
import { compareWithBest, describeComparison, type Comparison } from '../../workflows/domain/comparison.ts';
import { aMeasuredEntry, aMeasurement, aMetric } from '../support/builders.ts';

interface Measured {
  mean: number;
  deviation: number | null;
  seeds: number;
}

function compare(candidate: Measured, best: Measured, metric = aMetric()): Comparison {
  const { mean, deviation, seeds } = candidate;
  const values = Array.from({ length: seeds }, () => mean);
  return compareWithBest(
    aMeasurement({ mean, standardDeviation: deviation, values }),
    aMeasuredEntry({ trial: 2, ...best }),
    metric,
  );
}

function standardErrorsOf(comparison: Comparison): number {
  assert.ok(comparison.kind !== 'first' && comparison.standardErrors !== null);
  return comparison.standardErrors;
}

const baseline = { mean: 5.09, deviation: 0.3, seeds: 5 };
const close = { mean: 4.89, deviation: 0.16, seeds: 5 };
const farBetter = { mean: 2.54, deviation: 0.21, seeds: 5 };

describe('a comparison with the best trial', () => {
  it('has nothing to say about the first measured one', () => {
    assert.deepEqual(compareWithBest(aMeasurement(), null, aMetric()), { kind: 'first' });
  });

  it('finds 4.89 ± 0.16 within noise of 5.09 ± 0.30, five seeds each', () => {
    assert.equal(compare(close, baseline).kind, 'withinNoise');
  });

  it('divides by the standard error of the difference', () => {
    // 0.20 / sqrt(0.16² / 5 + 0.30² / 5) = 0.20 / sqrt(0.00512 + 0.018) = 0.20 / 0.152053 = 1.31533
    assert.equal(standardErrorsOf(compare(close, baseline)).toFixed(5), '1.31533');
  });

  it('finds 2.54 ± 0.21 better than 5.09 ± 0.30, five seeds each', () => {
    assert.equal(compare(farBetter, baseline).kind, 'better');
  });

  it('counts each side with its own number of seeds', () => {
    // 2.55 / sqrt(0.21² / 3 + 0.30² / 5) = 2.55 / sqrt(0.0147 + 0.018) = 2.55 / 0.180831 = 14.1015
    assert.equal(standardErrorsOf(compare({ ...farBetter, seeds: 3 }, baseline)).toFixed(4), '14.1015');
  });

  it('finds the same difference better with more seeds', () => {
    assert.equal(compare({ ...close, seeds: 50 }, { ...baseline, seeds: 50 }).kind, 'better');
  });

  it('finds a larger value worse where smaller is better', () => {
    assert.equal(compare(baseline, farBetter).kind, 'worse');
  });

  it('finds a larger value better where larger is better', () => {
    assert.equal(compare(baseline, farBetter, aMetric({ direction: 'maximize' })).kind, 'better');
  });

  it('goes by the plain direction where one side has a single seed', () => {
    const comparison = compare({ mean: 5.08, deviation: null, seeds: 1 }, baseline);
    assert.ok(comparison.kind === 'better' && comparison.standardErrors === null);
  });

  it('goes by the plain direction where the best has a single seed', () => {
    const comparison = compare(baseline, { mean: 5.08, deviation: null, seeds: 1 });
    assert.ok(comparison.kind === 'worse' && comparison.standardErrors === null);
  });

  it('goes by the plain direction where neither side has any spread', () => {
    assert.equal(compare({ mean: 5, deviation: 0, seeds: 3 }, { mean: 5.1, deviation: 0, seeds: 3 }).kind, 'better');
  });

  it('finds an equal value within noise', () => {
    assert.equal(
      compare({ mean: 5, deviation: null, seeds: 1 }, { mean: 5, deviation: null, seeds: 1 }).kind,
      'withinNoise',
    );
  });

  it('finds exactly two standard errors to be more than noise', () => {
    // sqrt(1² / 2 + 1² / 2) = 1
    assert.equal(compare({ mean: 3, deviation: 1, seeds: 2 }, { mean: 5, deviation: 1, seeds: 2 }).kind, 'better');
  });
});

describe('the description of a comparison', () => {
  it('names the trial, the difference and the standard errors', () => {
    assert.equal(
      describeComparison(compare(farBetter, baseline)),
      'better than trial 2 by 2.55 (15.6 standard errors)',
    );
  });

  it('says within noise where it is', () => {
    assert.equal(
      describeComparison(compare(close, baseline)),
      'within noise of trial 2: differs by 0.200 (1.3 standard errors)',
    );
  });

  it('says that the spread is unknown where it is', () => {
    assert.equal(
      describeComparison(compare({ mean: 6, deviation: null, seeds: 1 }, { mean: 5, deviation: null, seeds: 1 })),
      'worse than trial 2 by 1.00 (spread unknown)',
    );
  });

  it('says that there is nothing to compare the first one with', () => {
    assert.equal(describeComparison({ kind: 'first' }), 'the first measured trial: nothing to compare with');
  });
});
