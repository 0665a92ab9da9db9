import assert from 'node:assert/strict';
import type { JournalEntry } from '../../workflows/domain/journal.ts';
import { debugDepth, nextStep } from '../../workflows/domain/search-policy.ts';
import { aFailedEntry, aJournalEntry, aMetric } from '../support/builders.ts';

/** The step after these trials, numbered from 1. */
function stepAfter(...journal: JournalEntry[]) {
  return nextStep(
    journal.map((entry, index) => ({ ...entry, trial: index + 1 })),
    aMetric(),
  );
}

const measured = (mean: number) => aJournalEntry({ mean });
const failed = aFailedEntry();
/** A trial that failed, and all that were meant to mend it. */
const failures = (mends: number) => [failed, ...Array.from({ length: mends }, () => aFailedEntry({ kind: 'debug' }))];

describe('the search', () => {
  it('begins with a draft', () => {
    assert.deepEqual(stepAfter(), { kind: 'draft' });
  });

  it('mends the newest trial when it failed', () => {
    assert.deepEqual(stepAfter(measured(5), failed), { kind: 'debug', parent: 2 });
  });

  it('mends a failed rehearsal as well', () => {
    assert.deepEqual(stepAfter({ ...failed, outcome: 'rehearsalFailed' }), { kind: 'debug', parent: 1 });
  });

  it('improves on the best trial, not on the newest', () => {
    assert.deepEqual(stepAfter(measured(5), measured(2), measured(3)), { kind: 'improve', parent: 2 });
  });

  it('still mends the last failure before its patience ends', () => {
    assert.deepEqual(stepAfter(measured(5), ...failures(debugDepth - 1)), { kind: 'debug', parent: debugDepth + 1 });
  });

  it('goes back to the best trial after too many failures in a row', () => {
    assert.deepEqual(stepAfter(measured(5), ...failures(debugDepth)), { kind: 'improve', parent: 1 });
  });

  it('mends the first failure of a new improvement, whatever failed before it', () => {
    const journal = [measured(5), ...failures(debugDepth), aFailedEntry({ kind: 'improve' })];
    assert.deepEqual(stepAfter(...journal), { kind: 'debug', parent: journal.length });
  });

  it('starts afresh after too many failures when nothing was measured', () => {
    assert.deepEqual(stepAfter(...failures(debugDepth)), { kind: 'draft' });
  });

  it('counts only the failures since the last success', () => {
    const journal = [...failures(debugDepth), measured(5), failed];
    assert.deepEqual(stepAfter(...journal), { kind: 'debug', parent: journal.length });
  });

  it('does not mend a trial that was stopped', () => {
    assert.deepEqual(stepAfter(measured(5), { ...failed, outcome: 'stopped' }), { kind: 'improve', parent: 1 });
  });

  it('does not mend a trial without a script', () => {
    assert.deepEqual(stepAfter(measured(5), { ...failed, outcome: 'unwritten' }), { kind: 'improve', parent: 1 });
  });

  it('drafts again when the only trial has no script', () => {
    assert.deepEqual(stepAfter({ ...failed, outcome: 'unwritten' }), { kind: 'draft' });
  });
});
