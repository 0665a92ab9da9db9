import assert from 'node:assert/strict';
import { bestTrial, journalEntry, shorten } from '../../workflows/domain/journal.ts';
import { aFailedEntry, aJournalEntry, aMeasurement, aMetric, aTrialResult, someSpending } from '../support/builders.ts';

describe('a journal entry', () => {
  it('holds what was measured and what it cost', () => {
    const result = aTrialResult({
      number: 7,
      step: { kind: 'improve', parent: 3 },
      outcome: aMeasurement({ mean: 2.5, standardDeviation: 0.2, values: [2.3, 2.7] }),
      spending: someSpending({ inputTokens: 100, outputTokens: 20, trainingSeconds: 61.6 }),
    });
    assert.deepEqual(journalEntry(result), {
      trial: 7,
      title: 'A baseline',
      kind: 'improve',
      parent: 3,
      outcome: 'completed',
      mean: 2.5,
      deviation: 0.2,
      seeds: 2,
      seconds: 62,
      tokens: 120,
    });
  });

  it('of a failed trial has no measurement', () => {
    const { outcome, mean, deviation, seeds } = journalEntry(
      aTrialResult({ outcome: { kind: 'unwritten', problem: 'no fence' } }),
    );
    assert.deepEqual(
      { outcome, mean, deviation, seeds },
      { outcome: 'unwritten', mean: null, deviation: null, seeds: 0 },
    );
  });

  it('of a draft has no parent', () => {
    assert.equal(journalEntry(aTrialResult({ step: { kind: 'draft' } })).parent, null);
  });

  const longest = aTrialResult({
    number: 10_000,
    step: { kind: 'improve', parent: 9_999 },
    outcome: aMeasurement({
      mean: -1.23457e-300,
      standardDeviation: 1.23457e-300,
      values: Array.from({ length: 20 }, () => 1),
    }),
    spending: someSpending({
      inputTokens: 9_000_000_000,
      outputTokens: 999_999_999,
      trainingSeconds: 20 * 8_760 * 3_600,
    }),
  });
  for (const letter of ['W', '界']) {
    it(`takes at most 250 bytes for the longest legal values and a title of 120 times ${letter}`, () => {
      const entry = JSON.stringify(journalEntry({ ...longest, title: letter.repeat(120) }));
      assert.ok(Buffer.byteLength(entry) <= 250, `${Buffer.byteLength(entry)} bytes: ${entry}`);
    });
  }
});

describe('the best trial', () => {
  const metric = aMetric();

  it('is the one with the smallest mean of a metric that is minimized', () => {
    const journal = [5, 2, 3].map((mean, index) => aJournalEntry({ trial: index + 1, mean }));
    assert.equal(bestTrial(journal, metric)?.trial, 2);
  });

  it('is the one with the largest mean of a metric that is maximized', () => {
    const journal = [5, 9, 3].map((mean, index) => aJournalEntry({ trial: index + 1, mean }));
    assert.equal(bestTrial(journal, aMetric({ direction: 'maximize' }))?.trial, 2);
  });

  it('is the earlier of two that are equal', () => {
    const journal = [3, 2, 2].map((mean, index) => aJournalEntry({ trial: index + 1, mean }));
    assert.equal(bestTrial(journal, metric)?.trial, 2);
  });

  it('is never one that measured nothing', () => {
    assert.equal(bestTrial([aFailedEntry({ trial: 1 }), aJournalEntry({ trial: 2, mean: 1e9 })], metric)?.trial, 2);
  });

  it('may be one whose mean is zero', () => {
    assert.equal(
      bestTrial([aJournalEntry({ trial: 1, mean: 0 }), aJournalEntry({ trial: 2, mean: 1 })], metric)?.trial,
      1,
    );
  });

  it('is none before anything was measured', () => {
    assert.equal(bestTrial([aFailedEntry()], metric), null);
  });
});

describe('a shortened text', () => {
  it('is unchanged while it fits', () => {
    assert.equal(shorten('exactly10!', 10), 'exactly10!');
  });

  it('ends with an ellipsis within the limit', () => {
    assert.equal(shorten('more than ten', 10), 'more than…');
  });
});
