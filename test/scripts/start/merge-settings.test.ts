import assert from 'node:assert/strict';
import { mergeSettings } from '../../../scripts/start/merge-settings.ts';

describe('settings of several sources', () => {
  it('are those of the last one that gives them', () => {
    assert.deepEqual(mergeSettings({ seeds: 1, title: 'a' }, { seeds: 2 }, {}), { seeds: 2, title: 'a' });
  });

  it('are merged part by part in a budget and in models', () => {
    assert.deepEqual(
      mergeSettings(
        { budget: { trials: 1, usd: 1 }, models: { coder: 'a' } },
        { budget: { usd: 2 }, models: { analyst: 'b' } },
      ),
      { budget: { trials: 1, usd: 2 }, models: { coder: 'a', analyst: 'b' } },
    );
  });

  it('replace a list as a whole', () => {
    assert.deepEqual(mergeSettings({ packages: ['a', 'b'] }, { packages: ['c'] }), { packages: ['c'] });
  });

  it('give a metric another target', () => {
    const metric = { name: 'loss', direction: 'minimize', target: 3 };
    assert.deepEqual(mergeSettings({ metric }, { metric: { target: 1 } }), { metric: { ...metric, target: 1 } });
  });

  it('do not keep the target of another metric', () => {
    const metric = { name: 'loss', direction: 'minimize', target: 3 };
    const another = { name: 'accuracy', direction: 'maximize' };
    assert.deepEqual(mergeSettings({ metric }, { metric: another }), { metric: another });
  });
});
