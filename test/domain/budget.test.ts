import assert from 'node:assert/strict';
import {
  addExtension,
  addSpending,
  budgetWarnings,
  describeCost,
  exhaustedBudget,
  extendBudget,
  nothingSpent,
  rehearsalDeadlineSeconds,
  spendingOf,
  trainingDeadlineSeconds,
  type Spending,
} from '../../workflows/domain/budget.ts';
import { aBudget, aBudgetUse, someSpending } from '../support/builders.ts';

describe('spending', () => {
  const one = someSpending({ calls: 1, inputTokens: 10, outputTokens: 5, cost: 0.25, trainingSeconds: 60 });

  it('adds up in every part', () => {
    const other = someSpending({ calls: 2, inputTokens: 100, outputTokens: 50, cost: 0.5, trainingSeconds: 600 });
    assert.deepEqual(addSpending(one, other), {
      calls: 3,
      inputTokens: 110,
      outputTokens: 55,
      cost: 0.75,
      unpricedCalls: 0,
      byRole: {},
      trainingSeconds: 660,
    });
  });

  it('is unchanged by nothing', () => {
    assert.deepEqual(addSpending(one, nothingSpent), one);
  });

  it('counts the calls whose cost nobody knows', () => {
    const unpriced = someSpending({ calls: 1, unpricedCalls: 1 });
    assert.deepEqual(describeCost(addSpending(one, unpriced), 2), 'at least 0.25');
  });

  const costs: [spending: Partial<Spending>, description: string][] = [
    [{ calls: 2, cost: 1.23456 }, '1.23'],
    [{ calls: 2, unpricedCalls: 2 }, 'unknown'],
    [{ calls: 3, cost: 0.5, unpricedCalls: 1 }, 'at least 0.50'],
    [{ calls: 1, cost: 0.0001 }, 'under 0.01'],
    [{}, '0.00'],
  ];
  for (const [spending, description] of costs) {
    it(`of ${JSON.stringify(spending)} has cost ${description}`, () => {
      assert.equal(describeCost(someSpending(spending), 2), description);
    });
  }

  it('is summed for each role', () => {
    const call = { calls: 1, inputTokens: 10, outputTokens: 5, cost: 0.25, unpricedCalls: 0 };
    const spent = [spendingOf('coder', call), spendingOf('analyst', call), spendingOf('coder', call)].reduce(
      addSpending,
    );
    assert.deepEqual([spent.byRole.coder?.calls, spent.byRole.analyst?.calls, spent.calls], [2, 1, 3]);
  });
});

describe('a budget', () => {
  it('is not exhausted while something of everything is left', () => {
    const use = aBudgetUse({
      budget: aBudget({ gpuHours: 1, tokens: 1000, calls: 9, usd: 2 }),
      trials: 11,
      elapsedSeconds: 24 * 3600 - 1,
      spending: someSpending({ inputTokens: 500, outputTokens: 499, trainingSeconds: 3599, calls: 8, cost: 1.99 }),
    });
    assert.equal(exhaustedBudget(use), null);
  });

  it('ends with its last trial', () => {
    assert.equal(exhaustedBudget(aBudgetUse({ trials: 12 })), 'all 12 trials are used');
  });

  it('ends with its hours', () => {
    assert.equal(exhaustedBudget(aBudgetUse({ elapsedSeconds: 24 * 3600 })), 'all 24 hours are used');
  });

  it('ends with its hours of training', () => {
    const use = aBudgetUse({
      budget: aBudget({ gpuHours: 0.5 }),
      spending: someSpending({ trainingSeconds: 1800 }),
    });
    assert.equal(exhaustedBudget(use), 'all 0.5 hours of training are used');
  });

  it('ends with its tokens, read and written together', () => {
    const use = aBudgetUse({
      budget: aBudget({ tokens: 1000 }),
      spending: someSpending({ inputTokens: 600, outputTokens: 400 }),
    });
    assert.equal(exhaustedBudget(use), 'all 1000 tokens are used');
  });

  it('ends with its calls', () => {
    const use = aBudgetUse({ budget: aBudget({ calls: 3 }), spending: someSpending({ calls: 3 }) });
    assert.equal(exhaustedBudget(use), 'all 3 calls of language models are used');
  });

  it('ends with its dollars', () => {
    const use = aBudgetUse({ budget: aBudget({ usd: 2.5 }), spending: someSpending({ cost: 2.5 }) });
    assert.equal(exhaustedBudget(use), 'all 2.5 US dollars are used');
  });

  it('of dollars warns of calls whose cost nobody knows', () => {
    const spending = someSpending({ calls: 3, cost: 0.5, unpricedCalls: 2 });
    assert.deepEqual(budgetWarnings({ budget: aBudget({ usd: 2.5 }), spending }), [
      'the budget of US dollars does not know what 2 of the calls have cost',
    ]);
  });

  it('warns of nothing below four fifths', () => {
    const spending = someSpending({ inputTokens: 799 });
    assert.deepEqual(budgetWarnings({ budget: aBudget({ tokens: 1000 }), spending }), []);
  });

  it('warns from four fifths on, for each part', () => {
    const spending = someSpending({ inputTokens: 800, calls: 9, cost: 0.1 });
    assert.deepEqual(budgetWarnings({ budget: aBudget({ tokens: 1000, calls: 10, usd: 1 }), spending }), [
      '80 % of the budget of 1000 tokens is spent',
      '90 % of the budget of 10 calls of language models is spent',
    ]);
  });

  it('grows by what a person adds, part by part', () => {
    const extended = extendBudget(aBudget({ tokens: 1000 }), { tokens: 500, trials: 3 });
    assert.deepEqual([extended.tokens, extended.trials, extended.hours], [1500, 15, 24]);
  });

  it('stays without bound where it had none', () => {
    assert.equal(extendBudget(aBudget(), { usd: 5 }).usd, undefined);
  });

  it('can be extended several times', () => {
    assert.deepEqual(addExtension({ tokens: 5, calls: 1 }, { tokens: 7 }), { tokens: 12, calls: 1 });
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
