import assert from 'node:assert/strict';
import { nothingSpent } from '../../workflows/domain/budget.ts';
import { budgetUse, inheritedState, plannedState, withTrial } from '../../workflows/domain/experiment-state.ts';
import type { Past } from '../../workflows/domain/past.ts';
import {
  aFailedEntry,
  aMetric,
  aState,
  aTrialResult,
  someResources,
  someSettings,
  someSpending,
} from '../support/builders.ts';

describe('the state of an experiment', () => {
  it('after planning has the first plan, open tasks, and the cost of planning', () => {
    const settings = someSettings({ seeds: 3 });
    const planned = { title: 'Digits', metric: aMetric(), tasks: ['Baseline'], spending: someSpending({ calls: 1 }) };
    assert.deepEqual(plannedState({ startedAtMilliseconds: 5, settings, resources: someResources() }, planned), {
      schemaVersion: 1,
      startedAtMilliseconds: 5,
      title: 'Digits',
      settings,
      resources: someResources(),
      metric: aMetric(),
      plan: { version: 1, reason: null },
      tasks: [{ id: 1, title: 'Baseline', status: 'open' }],
      journal: [],
      spending: someSpending({ calls: 1 }),
      lastAnalysis: null,
      shortage: null,
    });
  });

  it('grows by one journal entry with each trial', () => {
    const state = [1, 2, 3].reduce((before, number) => withTrial(before, aTrialResult({ number }), 0), aState());
    assert.deepEqual(
      state.journal.map(({ trial }) => trial),
      [1, 2, 3],
    );
  });

  it('after a trial has its task updates, its cost added, and its verdict', () => {
    const result = aTrialResult({
      taskUpdates: [{ add: 'Widen' }],
      spending: someSpending({ calls: 2, trainingSeconds: 60 }),
      verdict: 'revisePlan',
      reason: 'beaten',
    });
    const state = withTrial(aState({ spending: someSpending({ calls: 1 }) }), result, 0);
    assert.deepEqual(
      [state.tasks, state.spending, state.lastAnalysis],
      [
        [{ id: 1, title: 'Widen', status: 'open' }],
        someSpending({ calls: 3, trainingSeconds: 60 }),
        { verdict: 'revisePlan', reason: 'beaten' },
      ],
    );
  });

  it('knows why the budget allowed the newest trial a call no more', () => {
    const short = withTrial(aState(), aTrialResult({ shortage: 'no call is left' }), 3);
    assert.deepEqual(
      [short.shortage, withTrial(short, aTrialResult({ number: 2 }), 3).shortage],
      [{ reason: 'no call is left', extensions: 3 }, null],
    );
  });

  it('of a fork does not end by what ended the other experiment, and has spent nothing', () => {
    const journal = [1, 2].map((trial) => aFailedEntry({ trial }));
    const past: Past = {
      title: 'Digits',
      metric: aMetric(),
      plan: { version: 2, reason: 'better' },
      tasks: [],
      journal,
      lastAnalysis: { verdict: 'blocked', reason: 'no data' },
      isRevisionDue: false,
      messages: 3,
    };
    const opened = { startedAtMilliseconds: 5, settings: someSettings(), resources: someResources() };
    const { lastAnalysis, unblockedAfter, spending, plan } = inheritedState(opened, past);
    assert.deepEqual([lastAnalysis, unblockedAfter, spending, plan.version], [null, 2, nothingSpent, 2]);
  });

  it('of a fork has another plan made where its past asked for one', () => {
    const past = { ...aState(), lastAnalysis: { verdict: 'revisePlan', reason: 'beaten' } as const };
    const state = inheritedState(aState(), { ...past, isRevisionDue: true, messages: 0 });
    assert.equal(state.revisionReason, 'beaten');
  });

  it('knows how much of the budget is used', () => {
    const settings = someSettings({ budget: { trials: 5, hours: 2 } });
    const state = withTrial(aState({ startedAtMilliseconds: 10_000, settings }), aTrialResult(), 0);
    assert.deepEqual(budgetUse(state, 70_000), {
      budget: { trials: 5, hours: 2, whenSpent: 'finish' },
      spending: someSpending(),
      trials: 1,
      elapsedSeconds: 60,
    });
  });
});
