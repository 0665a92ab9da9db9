import assert from 'node:assert/strict';
import { trialSummary } from '../../workflows/domain/trial-summary.ts';

describe('the summary of a step', () => {
  it('names the trial, the act and what tells siblings apart', () => {
    assert.equal(trialSummary(7, 'train: Widen', 'seed 2'), 'trial 7: train: Widen, seed 2');
  });

  it('needs no tail', () => {
    assert.equal(trialSummary(7, 'analyse the trial'), 'trial 7: analyse the trial');
  });

  const tails = ['', 'seed 19', 'version 3', 'rehearsal-12'];
  const summaries = [1, 10_000].flatMap((trial) =>
    tails.flatMap((tail) =>
      Array.from({ length: 140 }, (_, length) => ({
        trial,
        tail,
        text: trialSummary(trial, 'x'.repeat(length), tail),
      })),
    ),
  );

  it('has at most 50 characters, however long the act', () => {
    assert.equal(Math.max(...summaries.map(({ text }) => text.length)), 50);
  });

  it('keeps its beginning and its tail, however long the act', () => {
    for (const { trial, tail, text } of summaries) {
      assert.ok(text.startsWith(`trial ${trial}: `) && text.endsWith(tail), text);
    }
  });

  it('has at most 50 characters, however long the tail', () => {
    assert.equal(trialSummary(7, 'x'.repeat(100), 't'.repeat(39)).length, 50);
  });

  it('marks what was shortened', () => {
    assert.equal(trialSummary(7, 'x'.repeat(60), 'seed 2'), `trial 7: ${'x'.repeat(32)}…, seed 2`);
  });
});
