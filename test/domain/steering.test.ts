import assert from 'node:assert/strict';
import { nothingSpent, spendingOf } from '../../workflows/domain/budget.ts';
import { emptyMailbox } from '../../workflows/domain/mailbox.ts';
import { steered } from '../../workflows/domain/steering.ts';
import { aState, someSettings, someSpending } from '../support/builders.ts';

const call = { calls: 1, inputTokens: 10, outputTokens: 5, cost: 0.25, unpricedCalls: 0 };

describe('the state as people have steered it', () => {
  it('is the state itself where nobody has and nothing else was spent', () => {
    assert.deepEqual(steered(aState(), emptyMailbox, nothingSpent), aState());
  });

  it('has the budget with what was added', () => {
    const state = aState({ settings: someSettings({ budget: { trials: 5, tokens: 1000 } }) });
    const { budget } = steered(
      state,
      { ...emptyMailbox, extension: { trials: 2, tokens: 500 } },
      nothingSpent,
    ).settings;
    assert.deepEqual([budget.trials, budget.tokens], [7, 1500]);
  });

  it('has the models that were chosen on the way before those of the input', () => {
    const state = aState({ settings: someSettings({ models: { coder: 'openai/a', planner: 'openai/b' } }) });
    const models = { coder: { model: 'anthropic/c', fallbacks: ['openai/a'] }, analyst: 'ollama/d' };
    assert.deepEqual(steered(state, { ...emptyMailbox, models }, nothingSpent).settings.models, {
      ...models,
      planner: 'openai/b',
    });
  });

  it('has spent what is not in it yet', () => {
    const state = aState({ spending: spendingOf('planner', call) });
    const { spending } = steered(state, emptyMailbox, spendingOf('coder', call));
    assert.deepEqual([spending.calls, spending.cost, spending.byRole], [2, 0.5, { planner: call, coder: call }]);
  });

  it('leaves the state that is carried on as it is', () => {
    const state = aState({ settings: someSettings({ budget: { trials: 5 } }) });
    const before = structuredClone(state);
    steered(state, { models: { coder: 'openai/a' }, extension: { trials: 2 } }, someSpending({ calls: 1 }));
    assert.deepEqual(state, before);
  });
});
