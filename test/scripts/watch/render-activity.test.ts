import assert from 'node:assert/strict';
import { stripVTControlCharacters } from 'node:util';
import { describePending } from '../../../scripts/watch/render-activity.ts';
import { aTraining, retriedQuestion } from './snapshots.ts';

const lineOf = (activity: Parameters<typeof describePending>[0]): string =>
  stripVTControlCharacters(describePending(activity));

describe('the line for an activity', () => {
  it('says about how long a training that logs its progress takes', () => {
    const estimated = aTraining({ etaMinutes: 1.5, deadlineMinutes: 60 });
    assert.equal(lineOf(estimated), 'training seed 0: step 8, about 1.5 min left');
  });

  it('says of any other how long it may take', () => {
    const bounded = aTraining({ etaMinutes: null, deadlineMinutes: 60 });
    assert.equal(lineOf(bounded), 'training seed 0: step 8, at most 60 min left');
  });

  it('knows that what takes no time any more still takes some', () => {
    assert.equal(lineOf(aTraining({ etaMinutes: 0 })), 'training seed 0: step 8, under 1 min left');
    assert.equal(
      lineOf(aTraining({ etaMinutes: null, deadlineMinutes: 0 })),
      'training seed 0: step 8, under 1 min left',
    );
  });

  it('names the seed of a training that has logged nothing yet', () => {
    assert.equal(lineOf(aTraining({ seed: 2, step: null })), 'training seed 2');
  });

  it('names the seed of a training that is tried again', () => {
    const retried = { ...aTraining({ seed: 2 }), attempt: 3, lastFailure: 'no host' };
    assert.equal(lineOf(retried), 'training seed 2, attempt 3: no host');
  });

  it('names no seed where there is none', () => {
    assert.equal(lineOf({ ...retriedQuestion, attempt: 1, lastFailure: null }), 'writing the script');
  });

  it('says in words that results are taken over', () => {
    assert.equal(
      lineOf({ type: 'acceptExecution', attempt: 1, heartbeat: null, lastFailure: null }),
      'taking over the results',
    );
  });

  it('has the name of what a newer worker does and this command does not know', () => {
    assert.equal(lineOf({ type: 'constructor', attempt: 1, heartbeat: null, lastFailure: null }), 'constructor');
  });
});
