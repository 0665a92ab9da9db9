import assert from 'node:assert/strict';
import { createCrowds, type CrowdedWords, type Crowds } from '../../activities/log-compaction/crowds.ts';
import { createLineInspector } from '../../activities/log-compaction/inspect-line.ts';
import { wordOf } from '../support/log-mixtures.ts';
import { framed } from '../support/log-reading.ts';

function wordsOf(text: string): CrowdedWords {
  const inspector = createLineInspector();
  inspector.inspect(framed(Buffer.from(text)), 16, 16 + text.length);
  return inspector.result;
}

function add(crowds: Crowds, text: string, lineNumber: number): void {
  crowds.add(wordsOf(text), { sample: text, count: 1, firstLine: lineNumber, lastLine: lineNumber });
}

describe('a crowd', () => {
  it('takes lines with as many words and the same first one', () => {
    const crowds = createCrowds();
    add(crowds, 'read alpha in time', 1);
    crowds.add(wordsOf('read beta in time'), { sample: 'read beta in time', count: 5, firstLine: 2, lastLine: 6 });
    add(crowds, 'wrote beta in time', 7);
    add(crowds, 'read beta', 8);
    assert.deepEqual(
      crowds
        .all()
        .map(({ sample, lastSample, count, firstLine, lastLine }) => [sample, lastSample, count, firstLine, lastLine]),
      [
        ['read alpha in time', 'read beta in time', 6, 1, 6],
        ['wrote beta in time', 'wrote beta in time', 1, 7, 7],
        ['read beta', 'read beta', 1, 8, 8],
      ],
    );
  });

  it('knows which of its words vary', () => {
    const crowds = createCrowds();
    for (const [index, word] of ['alpha', 'beta', 'gamma'].entries()) add(crowds, `read ${word} in time`, index + 1);
    assert.deepEqual(
      [...(crowds.all()[0]?.words ?? [])].map((word) => word === 0),
      [false, true, false, false],
    );
  });

  it('keeps its places in order where lines join it later', () => {
    const crowds = createCrowds();
    add(crowds, 'read beta', 50);
    add(crowds, 'read alpha', 7);
    const [crowd] = crowds.all();
    assert.deepEqual([crowd?.firstLine, crowd?.lastLine, crowd?.lastSample], [7, 50, 'read beta']);
  });

  it('is one of a bounded number, and the last takes whatever fits no other', () => {
    const crowds = createCrowds();
    for (let index = 0; index < 5_000; index += 1) add(crowds, `${wordOf(index)} is here`, index + 1);
    const all = crowds.all();
    assert.ok(all.length < 1_000, `${all.length} crowds`);
    assert.equal(
      all.reduce((sum, { count }) => sum + count, 0),
      5_000,
    );
  });
});
