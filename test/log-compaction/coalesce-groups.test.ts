import assert from 'node:assert/strict';
import { coalesceGroups, type CoalescedGroup } from '../../activities/log-compaction/coalesce-groups.ts';
import { columnSummary } from '../../activities/log-compaction/number-course.ts';
import { logMixture } from '../support/log-mixtures.ts';
import { censusOf } from '../support/log-reading.ts';

const none = (): boolean => false;

function coalesced(lines: readonly string[], hasMetric: (group: CoalescedGroup) => boolean = none): CoalescedGroup[] {
  return coalesceGroups(censusOf(lines.join('\n')).groups, hasMetric);
}

function linesOf(groups: readonly { count: number }[]): number {
  return groups.reduce((sum, { count }) => sum + count, 0);
}

describe('groups that are told as one', () => {
  it('are those of processes that print the same', () => {
    const lines = [1, 2, 3].flatMap((step) =>
      [0, 1, 2, 3].map((rank) => `[rank${rank}]: step ${step} loss ${step + rank}`),
    );
    const [group, ...others] = coalesced(lines, () => true);
    assert.deepEqual([others.length, group?.count, group?.members.length], [0, 12, 4]);
    assert.deepEqual([group?.firstLine, group?.lastLine], [1, 12]);
  });

  it('have one course of all their rows', () => {
    const lines = [1, 2, 3].flatMap((step) =>
      [0, 1].map((rank) => `[rank${rank}]: step ${step} loss ${10 * step + rank}`),
    );
    const course = coalesced(lines, () => true)[0]?.course;
    assert.ok(course);
    const summary = columnSummary(course, course.columns - 1);
    assert.deepEqual([course.rowCount, summary.minimum?.value, summary.maximum?.value], [6, 10, 31]);
  });

  it('are those that differ in the digits of their words', () => {
    const lines = Array.from({ length: 40 }, (_, index) => `node${index} ready`);
    assert.deepEqual(
      coalesced(lines).map(({ count }) => count),
      [40],
    );
  });

  it('are not those with a metric of their own, where they are few', () => {
    const lines = [1, 2, 3, 4].flatMap((step) => [1, 2, 3].map((head) => `head${head} loss ${step + head / 8}`));
    assert.equal(coalesced(lines, () => true).length, 3);
  });

  it('stand for as many lines as before, in mixtures of all kinds', () => {
    for (let seed = 1; seed <= 6; seed += 1) {
      const { groups } = censusOf(logMixture(seed).text);
      assert.equal(linesOf(coalesceGroups(groups, none)), linesOf(groups), `seed ${seed}`);
    }
  });

  it('leave the groups that they are made of as they were', () => {
    const { groups } = censusOf(['node1 at 5', 'node2 at 6', 'node3 at 7', 'node1 at 8'].join('\n'));
    const before = structuredClone(groups);
    coalesceGroups(groups, none);
    assert.deepEqual(groups, before);
  });
});
