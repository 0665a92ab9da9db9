import assert from 'node:assert/strict';
import {
  addSpending,
  exhaustedBudget,
  nothingSpent,
  rehearsalDeadlineSeconds,
  trainingDeadlineSeconds,
} from '../../workflows/domain/budget.ts';
import { aBudgetUse, someSpending } from '../support/builders.ts';

describe('spending', () => {
  const one = { calls: 1, inputTokens: 10, outputTokens: 5, cost: 0.25, trainingSeconds: 60 };

  it('adds up in every part', () => {
    const other = { calls: 2, inputTokens: 100, outputTokens: 50, cost: 0.5, trainingSeconds: 600 };
    assert.deepEqual(addSpending(one, other), {
      calls: 3,
      inputTokens: 110,
      outputTokens: 55,
      cost: 0.75,
      trainingSeconds: 660,
    });
  });

  it('is unchanged by nothing', () => {
    assert.deepEqual(addSpending(one, nothingSpent), one);
  });

  it('has an unknown cost as soon as one part is unknown', () => {
    assert.deepEqual(
      [addSpending(one, { ...one, cost: null }).cost, addSpending({ ...one, cost: null }, one).cost],
      [null, null],
    );
  });
});

describe('a budget', () => {
  it('is not exhausted while something of everything is left', () => {
    const use = aBudgetUse({
      budget: { trials: 12, hours: 24, gpuHours: 1, tokens: 1000 },
      trials: 11,
      elapsedSeconds: 24 * 3600 - 1,
      spending: someSpending({ inputTokens: 500, outputTokens: 499, trainingSeconds: 3599 }),
    });
    assert.equal(exhaustedBudget(use), null);
  });

  it('ends with its last trial', () => {
    assert.equal(exhaustedBudget(aBudgetUse({ trials: 12 })), 'all 12 trials are used');
  });

  it('ends with its hours', () => {
    assert.equal(exhaustedBudget(aBudgetUse({ elapsedSeconds: 24 * 3600 })), 'the 24 hours are over');
  });

  it('ends with its hours of training', () => {
    const use = aBudgetUse({
      budget: { trials: 12, hours: 24, gpuHours: 0.5 },
      spending: someSpending({ trainingSeconds: 1800 }),
    });
    assert.equal(exhaustedBudget(use), 'the 0.5 hours of training are used');
  });

  it('ends with its tokens, read and written together', () => {
    const use = aBudgetUse({
      budget: { trials: 12, hours: 24, tokens: 1000 },
      spending: someSpending({ inputTokens: 600, outputTokens: 400 }),
    });
    assert.equal(exhaustedBudget(use), 'the 1000 tokens are used');
  });

  it('without hours of training or tokens never ends by them', () => {
    const spending = someSpending({ inputTokens: 1e12, outputTokens: 1e12, trainingSeconds: 1e12 });
    assert.equal(exhaustedBudget(aBudgetUse({ spending })), null);
  });
});

describe('the deadline of a training', () => {
  it('is a quarter of the remaining time while many trials are left', () => {
    assert.equal(trainingDeadlineSeconds(aBudgetUse()), 6 * 3600);
  });

  it('is an even share where that is more', () => {
    assert.equal(trainingDeadlineSeconds(aBudgetUse({ trials: 10, elapsedSeconds: 12 * 3600 })), 6 * 3600);
  });

  it('is all the remaining time for the last trial', () => {
    assert.equal(trainingDeadlineSeconds(aBudgetUse({ trials: 11, elapsedSeconds: 23 * 3600 })), 3600);
  });

  it('is a minute at least, even when the time is over', () => {
    assert.equal(trainingDeadlineSeconds(aBudgetUse({ elapsedSeconds: 25 * 3600 })), 60);
  });
});

describe('the deadline of a rehearsal', () => {
  it('is a tenth of the training', () => {
    assert.equal(rehearsalDeadlineSeconds(1000), 100);
  });

  it('is half a minute at least and ten minutes at most', () => {
    assert.deepEqual([rehearsalDeadlineSeconds(60), rehearsalDeadlineSeconds(100_000)], [30, 600]);
  });
});
