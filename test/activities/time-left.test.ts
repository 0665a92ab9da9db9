import assert from 'node:assert/strict';
import { timeLeft } from '../../activities/time-left.ts';

const aLine = (seconds: number, metrics = {}) => ({ step: 1, seconds, metrics });
const oneProcess = { earlierSeconds: 0, firstLine: null };

describe('the time that is left of a training', () => {
  it('is its deadline before it has logged anything', () => {
    assert.deepEqual(timeLeft(null, oneProcess, 600), { etaMinutes: null, deadlineMinutes: 10 });
  });

  it('is its deadline where it does not log its progress, or no such number', () => {
    for (const progress of [undefined, 'NaN', -1, 1.5, 40] as const) {
      assert.deepEqual(timeLeft(aLine(120, { progress }), oneProcess, 600), { etaMinutes: null, deadlineMinutes: 8 });
    }
  });

  it('is estimated from the progress', () => {
    assert.equal(timeLeft(aLine(60, { progress: 0.25 }), oneProcess, 600).etaMinutes, 3);
    assert.equal(timeLeft(aLine(60, { progress: 1 }), oneProcess, 600).etaMinutes, 0);
  });

  it('is never more than the deadline', () => {
    assert.deepEqual(timeLeft(aLine(60, { progress: 0.01 }), oneProcess, 600), { etaMinutes: 9, deadlineMinutes: 9 });
  });

  it('is estimated from the own lines of a process that went on from a checkpoint', () => {
    const restarts = { earlierSeconds: 300, firstLine: aLine(10, { progress: 0.5 }) };
    const left = timeLeft(aLine(70, { progress: 0.6 }), restarts, 3600);
    assert.deepEqual(left, { etaMinutes: 4, deadlineMinutes: 53.8 });
  });

  it('is its deadline while such a process has logged only once', () => {
    const firstLine = aLine(10, { progress: 0.5 });
    assert.equal(timeLeft(firstLine, { earlierSeconds: 300, firstLine }, 3600).etaMinutes, null);
  });
});
