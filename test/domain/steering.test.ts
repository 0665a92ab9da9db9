import assert from 'node:assert/strict';
import { nothingSpent, spendingOf } from '../../workflows/domain/budget.ts';
import { emptyMailbox } from '../../workflows/domain/mailbox.ts';
import { steered } from '../../workflows/domain/steering.ts';
import { aState, someSettings, someSpending } from '../support/builders.ts';

const call = { calls: 1, inputTokens: 10, outputTokens: 5, cost: 0.25 };

describe('the state as people have steered it', () => {
  it('is the state itself where nobody has and no trial runs', () => {
    assert.deepEqual(steered(aState(), emptyMailbox, null), aState());
  });

  it('has the budget with what was added', () => {
    const state = aState({ settings: someSettings({ budget: { trials: 5, tokens: 1000 } }) });
    const { budget } = steered(state, { ...emptyMailbox, extension: { trials: 2, tokens: 500 } }, null).settings;
    assert.deepEqual([budget.trials, budget.tokens], [7, 1500]);
  });

  it('has the models that were chosen on the way before those of the input', () => {
    const state = aState({ settings: someSettings({ models: { coder: 'openai/a', planner: 'openai/b' } }) });
    const models = { coder: { model: 'anthropic/c', fallbacks: ['openai/a'] }, analyst: 'ollama/d' };
    assert.deepEqual(steered(state, { ...emptyMailbox, models }, null).settings.models, {
      ...models,
      planner: 'openai/b',
    });
  });

  it('has spent what its running trial has spent so far', () => {
    const state = aState({ spending: spendingOf('planner', call) });
    const { spending } = steered(state, emptyMailbox, { spending: spendingOf('coder', call) });
    assert.deepEqual([spending.calls, spending.cost, spending.byRole], [2, 0.5, { planner: call, coder: call }]);
  });

  it('has an unknown cost while that of its running trial is', () => {
    const state = aState({ spending: someSpending({ cost: 1 }) });
    assert.equal(steered(state, emptyMailbox, { spending: { ...nothingSpent, cost: null } }).spending.cost, null);
  });

  it('leaves the state that is carried on as it is', () => {
    const state = aState({ settings: someSettings({ budget: { trials: 5 } }) });
    const before = structuredClone(state);
    steered(
      state,
      { models: { coder: 'openai/a' }, extension: { trials: 2 } },
      { spending: someSpending({ calls: 1 }) },
    );
    assert.deepEqual(state, before);
  });
});
