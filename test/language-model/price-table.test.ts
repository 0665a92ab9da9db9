import assert from 'node:assert/strict';
import { costOf } from '../../activities/language-model/price-table.ts';

const usage = { inputTokens: 500_000, outputTokens: 100_000, isEstimated: false };
const price = { input: 2, output: 8 };

describe('the cost of a call', () => {
  it('is what the provider reports, whatever the table says', () => {
    assert.deepEqual(costOf(usage, 0.25, price), { usd: 0.25, source: 'provider' });
  });

  it('is nothing where the provider reports nothing to pay', () => {
    assert.deepEqual(costOf(usage, 0, price), { usd: 0, source: 'provider' });
  });

  it('is counted by the table where the provider is silent', () => {
    assert.deepEqual(costOf(usage, null, price), { usd: 1.8, source: 'table' });
  });

  it('is nothing where the table says that the model costs nothing', () => {
    assert.deepEqual(costOf(usage, null, { input: 0, output: 0 }), { usd: 0, source: 'table' });
  });

  it('is unknown, never 0, where neither says anything', () => {
    assert.deepEqual(costOf(usage, null, null), { usd: null, source: 'unknown' });
  });

  it('is never less than nothing', () => {
    assert.deepEqual(costOf(usage, -1, null), { usd: null, source: 'unknown' });
  });
});
