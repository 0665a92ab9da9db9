import assert from 'node:assert/strict';
import {
  afterSpending,
  allowanceForReport,
  allowanceForSearch,
  shortageOf,
  type Allowance,
} from '../../workflows/domain/allowance.ts';
import { nothingSpent } from '../../workflows/domain/budget.ts';
import { aBudget, someSpending } from '../support/builders.ts';

const unbounded: Allowance = { tokens: null, usd: null, calls: null };
const call = { tokens: 3000, usd: 0.02 };

describe('what language models may still use', () => {
  it('is not bounded by a budget that bounds nothing', () => {
    assert.deepEqual(allowanceForSearch(aBudget(), nothingSpent), unbounded);
  });

  it('is what is left of the budget', () => {
    const spending = someSpending({ calls: 4, inputTokens: 100, outputTokens: 50, cost: 0.5 });
    const budget = aBudget({ tokens: 1000, calls: 10, usd: 2 });
    assert.deepEqual(allowanceForReport(budget, spending), { tokens: 850, usd: 1.5, calls: 6 });
  });

  it('keeps a twentieth for the report while it searches', () => {
    const budget = aBudget({ tokens: 1000, calls: 40, usd: 2 });
    assert.deepEqual(allowanceForSearch(budget, nothingSpent), { tokens: 950, usd: 1.9, calls: 38 });
  });

  it('allows a single call of one call', () => {
    assert.equal(allowanceForSearch(aBudget({ calls: 1 }), nothingSpent).calls, 1);
  });

  it('is never less than nothing', () => {
    const spending = someSpending({ calls: 9, inputTokens: 900, cost: 9 });
    assert.deepEqual(afterSpending({ tokens: 1, usd: 1, calls: 1 }, spending), { tokens: 0, usd: 0, calls: 0 });
  });
});

describe('a call', () => {
  const shortages: [what: string, allowance: Allowance, usd: number | null, shortage: RegExp | null][] = [
    ['no bound', unbounded, 0.02, null],
    ['tokens enough', { ...unbounded, tokens: 3000 }, 0.02, null],
    ['too few tokens', { ...unbounded, tokens: 2999 }, 0.02, /may take 3000 tokens, and 2999 are left/],
    ['money enough', { ...unbounded, usd: 0.02 }, 0.02, null],
    [
      'too little money',
      { ...unbounded, usd: 0.01 },
      0.02,
      /may cost 0\.0200 US dollars, and 0\.0100 US dollars are left/,
    ],
    ['some money, its price unknown', { ...unbounded, usd: 0.01 }, null, null],
    ['no money, its price unknown', { ...unbounded, usd: 0 }, null, /0\.0000 US dollars are left/],
    ['one call', { ...unbounded, calls: 1 }, 0.02, null],
    ['no call', { ...unbounded, calls: 0 }, 0.02, /no call of a language model is left/],
  ];
  for (const [what, allowance, usd, shortage] of shortages) {
    it(`is ${shortage === null ? 'affordable' : 'refused before it is made'} with ${what}`, () => {
      const found = shortageOf(allowance, { ...call, usd });
      if (shortage === null) assert.equal(found, null);
      else assert.match(found ?? '', shortage);
    });
  }
});
