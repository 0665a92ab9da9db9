import assert from 'node:assert/strict';
import { createGroupStore, type GroupStore } from '../../activities/log-compaction/group-store.ts';
import type { LineGroup } from '../../activities/log-compaction/line-group.ts';
import { createScannedLine, scanLine } from '../../activities/log-compaction/scan-line.ts';
import { severity } from '../../activities/log-compaction/severity.ts';
import { wordOf } from '../support/log-mixtures.ts';
import { framed } from '../support/log-reading.ts';

const margin = 16;

/** Looks the line up as the reader of a log does, and counts it in its group. */
function add(store: GroupStore, text: string, lineNumber: number): LineGroup | null {
  const bytes = framed(Buffer.from(text));
  const line = createScannedLine();
  scanLine(bytes, margin, line);
  const group = store.find(line) ?? store.meet({ line, bytes, lineNumber, before: null });
  if (group !== null) group.count += 1;
  return group;
}

describe('a store of groups', () => {
  it('finds a shape again that it has met', () => {
    const store = createGroupStore();
    const group = add(store, 'step 1 loss 2.5', 1);
    assert.equal(add(store, 'step 2 loss 1.5', 2), group);
    assert.notEqual(add(store, 'step 2 acc 1.5', 3), group);
    assert.deepEqual([group?.count, group?.sample, group?.numberCount], [2, 'step 1 loss 2.5', 2]);
  });

  it('keeps a bounded sample, and says what is not in it', () => {
    const group = add(createGroupStore(), `a${' b'.repeat(5_000)}`, 1);
    assert.equal(group!.sample.length + group!.cutBytes, 10_001);
    assert.ok(group!.sample.length <= 4_096);
  });

  it('makes room at its limit by what was seen once: its lines join a crowd', () => {
    const store = createGroupStore();
    for (let index = 0; index < 9_000; index += 1) add(store, `read ${wordOf(index)} now`, index + 1);
    const [groups, crowds] = [store.groups(), store.crowds()];
    assert.ok(groups.length < 4_000 && groups.every(({ isGone }) => !isGone));
    assert.equal(
      [...groups, ...crowds].reduce((sum, { count }) => sum + count, 0),
      9_000,
    );
    assert.ok(add(store, 'a line that comes late', 9_001) !== null);
  });

  it('never gives up what was seen twice for what was seen once', () => {
    const store = createGroupStore();
    const twice = Array.from({ length: 1_500 }, (_, index) => `keep ${wordOf(index)} here`);
    for (const line of [...twice, ...twice]) add(store, line, 1);
    for (let index = 0; index < 9_000; index += 1) add(store, `read ${wordOf(index)} now`, index + 1);
    const kept = new Set(store.groups().map(({ sample }) => sample));
    assert.deepEqual(
      twice.filter((line) => !kept.has(line)),
      [],
    );
  });

  it('keeps the first shapes', () => {
    const store = createGroupStore();
    for (let index = 0; index < 9_000; index += 1) add(store, `read ${wordOf(index)} now`, index + 1);
    const kept = new Set(store.groups().map(({ sample }) => sample));
    for (let index = 0; index < 100; index += 1) assert.ok(kept.has(`read ${wordOf(index)} now`), `${index}`);
  });

  it('gives no error up for lines that say nothing of that kind', () => {
    const store = createGroupStore();
    add(store, 'error: the fan stands still', 1);
    for (let index = 0; index < 9_000; index += 1) add(store, `read ${wordOf(index)} now`, index + 2);
    assert.equal(store.groups().find(({ severity: each }) => each === severity.error)?.count, 1);
  });

  it('knows a line that opens a traceback', () => {
    assert.equal(add(createGroupStore(), '[rank0]: Traceback (most recent call last):', 1)?.opensTraceback, true);
  });
});
