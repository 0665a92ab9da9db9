import assert from 'node:assert/strict';
import { beginHalt, endHalt, noHalt, workingTime } from '../../workflows/domain/halts.ts';

describe('the clock of an experiment', () => {
  it('runs with the time while nothing halts it', () => assert.equal(workingTime(noHalt, 500), 500));

  it('stands still during a halt', () => {
    const halts = beginHalt(noHalt, 100);
    assert.deepEqual([workingTime(halts, 100), workingTime(halts, 5_000)], [100, 100]);
  });

  it('goes on after a halt as if there had been none', () => {
    const halts = endHalt(beginHalt(noHalt, 100), 5_000);
    assert.deepEqual([workingTime(halts, 5_000), workingTime(halts, 5_010)], [100, 110]);
  });

  it('adds up several halts', () => {
    const once = endHalt(beginHalt(noHalt, 100), 200);
    assert.equal(workingTime(endHalt(beginHalt(once, 300), 600), 1_000), 600);
  });

  it('counts a halt that is begun twice from its first beginning', () => {
    assert.equal(workingTime(beginHalt(beginHalt(noHalt, 100), 200), 900), 100);
  });
});
