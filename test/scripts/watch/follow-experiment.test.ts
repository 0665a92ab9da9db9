import assert from 'node:assert/strict';
import { stripVTControlCharacters } from 'node:util';
import type { ExperimentSnapshot } from '../../../scripts/watch/experiment-snapshot.ts';
import { linePerChange } from '../../../scripts/watch/snapshot-view.ts';
import { aMessageHead, aSnapshot, noCredit, retriedQuestion } from './snapshots.ts';

/** What a log has of an experiment that was seen like this, one look after the other. */
function linesOf(...snapshots: ExperimentSnapshot[]): string[] {
  const lines: string[] = [];
  const view = linePerChange((line) => lines.push(stripVTControlCharacters(line)));
  for (const snapshot of snapshots) view.show(snapshot);
  return lines;
}

describe('the lines about an experiment', () => {
  it('say once what is waited for, however often it is tried again', () => {
    const attempts = [1, 2, 3].map((attempt) =>
      aSnapshot({ hold: noCredit }, { pending: [{ ...retriedQuestion, attempt }] }),
    );
    const lines = linesOf(...attempts);
    assert.equal(lines.length, 1, lines.join('\n'));
    assert.match(lines[0] ?? '', /Waits for a person since .*: .*credit.*changeModel/);
  });

  it('say each message once, and of a refused one whose it was and why', () => {
    const refused = aMessageHead({ number: 2, kind: 'refused', signal: 'pause', problem: 'by: must be a text' });
    const lines = linesOf(
      aSnapshot({ recentMessages: [aMessageHead()] }),
      aSnapshot({ recentMessages: [aMessageHead(), refused] }),
    );
    const said = ['message 1: feedback by ada', 'message 2: pause by ada, refused: by: must be a text'];
    assert.deepEqual(lines.toSorted(), [...said, 'trial 1: draft'].toSorted());
  });

  it('say that it is paused', () => {
    const lines = linesOf(aSnapshot(), aSnapshot({ pause: { when: 'afterTrials' } }));
    assert.equal(lines.at(-1), 'trial 1: draft  (pauses after this trial)');
  });

  it('say that it goes on', () => {
    const lines = linesOf(aSnapshot({ hold: noCredit }), aSnapshot());
    assert.equal(lines.at(-1), 'trial 1: draft');
  });

  it('say what is nearly spent when that changes', () => {
    const [tokens, calls] = ['80 % of the budget of 1000 tokens is spent', '90 % of the budget of 9 calls is spent'];
    const lines = linesOf(
      aSnapshot({ warnings: [tokens] }),
      aSnapshot({ warnings: [tokens] }),
      aSnapshot({ warnings: [tokens, calls] }),
    );
    assert.deepEqual(lines, [`${tokens}.`, 'trial 1: draft', `${calls}.`]);
  });

  it('repeat no warning because no worker answered for a while', () => {
    const warned = aSnapshot({ warnings: ['80 % of the budget of 1000 tokens is spent'] });
    const lines = linesOf(warned, { ...warned, progress: null }, warned);
    assert.equal(lines.filter((line) => line.startsWith('80 %')).length, 1, lines.join('\n'));
  });
});
