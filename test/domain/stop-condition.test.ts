import assert from 'node:assert/strict';
import { failedTrialsInARow, reasonToStop, type StopEvidence } from '../../workflows/domain/stop-condition.ts';
import { aBudgetUse, aFailedEntry, aJournalEntry, aMetric } from '../support/builders.ts';

const failures = Array.from({ length: failedTrialsInARow }, (_, index) => aFailedEntry({ trial: index + 1 }));
const spent = aBudgetUse({ trials: 12 });
const stopRequest = { by: 'Ada', reason: 'enough' };
const blocked = { verdict: 'blocked', reason: 'no data' } as const;
const content = { verdict: 'goalReached', reason: 'good enough' } as const;

/** With no reason to stop unless one is given. */
function stop(evidence: Partial<StopEvidence>) {
  return reasonToStop({
    metric: aMetric({ target: 2 }),
    journal: [aJournalEntry({ mean: 5 })],
    budgetUse: aBudgetUse(),
    stopRequest: null,
    lastAnalysis: { verdict: 'continue', reason: 'go on' },
    shortage: null,
    unblockedAfter: 0,
    ...evidence,
  });
}

describe('an experiment', () => {
  it('goes on from a past that had reached its goal, until it reaches it itself', () => {
    const [inherited, own] = [aJournalEntry({ trial: 1, mean: 1 }), aJournalEntry({ trial: 2, mean: 1.5 })];
    const fork = { metric: aMetric({ target: 2 }), unblockedAfter: 1 };
    assert.equal(stop({ ...fork, journal: [inherited] }), null);
    assert.match(stop({ ...fork, journal: [inherited, own] })?.reason ?? '', /^trial 2 has /);
  });

  it('ends when the budget allows no call of a language model any more', () => {
    assert.deepEqual(stop({ shortage: 'nothing is left' }), { verdict: 'budgetSpent', reason: 'nothing is left' });
  });

  it('goes on while there is no reason to stop', () => {
    assert.equal(stop({}), null);
  });

  it('ends when a measured value meets the target', () => {
    const journal = [aJournalEntry({ trial: 1, mean: 5 }), aJournalEntry({ trial: 2, mean: 1.5 })];
    assert.deepEqual(stop({ journal }), {
      verdict: 'goalReached',
      reason: 'trial 2 has val_error 1.5, target 2',
    });
  });

  it('ends when somebody asked to stop, with their words', () => {
    assert.deepEqual(stop({ stopRequest }), { verdict: 'stopped', reason: 'Ada asked to stop: enough' });
  });

  it('ends when the analysis finds it blocked', () => {
    assert.deepEqual(stop({ lastAnalysis: blocked }), blocked);
  });

  it('ends by the opinion that the goal is reached when there is no target', () => {
    assert.deepEqual(stop({ metric: aMetric(), lastAnalysis: content }), content);
  });

  it('does not believe that the goal is reached while the target is not met', () => {
    assert.equal(stop({ lastAnalysis: content }), null);
  });

  it('does not believe that the goal is reached before anything was measured', () => {
    assert.equal(stop({ metric: aMetric(), lastAnalysis: content, journal: [aFailedEntry()] }), null);
  });

  it('ends as blocked after many trials in a row that measured nothing', () => {
    assert.deepEqual(stop({ journal: failures }), {
      verdict: 'blocked',
      reason: `the last ${failedTrialsInARow} trials measured nothing`,
    });
  });

  it('goes on while one of the last trials measured something', () => {
    assert.equal(stop({ journal: [...failures.slice(1), aJournalEntry({ mean: 5 })] }), null);
  });

  it('goes on with fewer failures than that', () => {
    assert.equal(stop({ journal: failures.slice(1) }), null);
  });

  it('ends when the budget is spent, naming the part', () => {
    assert.deepEqual(stop({ budgetUse: spent }), { verdict: 'budgetSpent', reason: 'all 12 trials are used' });
  });
});

describe('of several reasons to stop', () => {
  /** Every reason at once, each less weighty than the one before. */
  const everything: Partial<StopEvidence> = { journal: failures, stopRequest, lastAnalysis: blocked, budgetUse: spent };

  it('a met target comes first', () => {
    assert.equal(stop({ ...everything, journal: [aJournalEntry({ mean: 2 }), ...failures] })?.verdict, 'goalReached');
  });

  it('a request to stop comes second', () => {
    assert.equal(stop(everything)?.verdict, 'stopped');
  });

  it('the verdict of the analysis comes third', () => {
    assert.equal(stop({ ...everything, stopRequest: null })?.reason, 'no data');
  });

  it('trials that measure nothing come before the budget', () => {
    assert.equal(stop({ ...everything, stopRequest: null, lastAnalysis: null })?.verdict, 'blocked');
  });
});
