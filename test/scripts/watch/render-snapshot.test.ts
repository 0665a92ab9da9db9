import assert from 'node:assert/strict';
import { stripVTControlCharacters } from 'node:util';
import { describeAct, renderSnapshot } from '../../../scripts/watch/render-snapshot.ts';
import { aSnapshot, noCredit, retriedQuestion } from './snapshots.ts';

function pictureOf(snapshot: ReturnType<typeof aSnapshot>, width?: number): string[] {
  return renderSnapshot(snapshot, width).map(stripVTControlCharacters);
}

describe('the picture of an experiment', () => {
  it('says what is waited for, and what to do', () => {
    const [, , ...lines] = pictureOf(aSnapshot({ hold: noCredit }));
    assert.deepEqual(lines.slice(0, 3), [
      'Waits for a person since 2026-01-02T03:04:05.000Z:',
      `  ${noCredit.problem}`,
      `  ${noCredit.mend}`,
    ]);
  });

  it('shows it above the question that is tried again meanwhile', () => {
    const picture = pictureOf(aSnapshot({ hold: noCredit }, { pending: [retriedQuestion] }));
    const question = picture.findIndex((line) => line.includes('attempt 7'));
    assert.ok(picture.indexOf(`  ${noCredit.mend}`) < question, picture.join('\n'));
  });

  it('has every word of it in a narrow terminal', () => {
    const picture = pictureOf(aSnapshot({ hold: noCredit }), 40).slice(3);
    const said = picture.slice(0, picture.indexOf('')).map((line) => line.trim());
    assert.equal(said.join(' '), `${noCredit.problem} ${noCredit.mend}`);
    assert.ok(Math.max(...picture.slice(0, said.length).map(({ length }) => length)) <= 40);
  });

  it('draws a problem of several lines within its own', () => {
    const hold = { ...noCredit, problem: 'one\n\u001b[2Jtwo\r\nthree' };
    assert.ok(pictureOf(aSnapshot({ hold })).includes('  one two three'));
  });

  it('waits for nobody once the experiment is over', () => {
    const picture = pictureOf(aSnapshot({ hold: noCredit }, { status: 'TERMINATED' })).join('\n');
    assert.doesNotMatch(picture, /Waits for a person/);
  });

  it('says what is nearly spent', () => {
    const warnings = ['90 % of the budget of 1000 tokens is spent', '80 % of the budget of 5 US dollars is spent'];
    const picture = pictureOf(aSnapshot({ warnings }));
    for (const warning of warnings) assert.ok(picture.includes(`${warning}.`), warning);
  });
});

describe('the line for what an experiment does', () => {
  it('says what is waited for, and what to do', () => {
    const line = stripVTControlCharacters(describeAct(aSnapshot({ hold: noCredit }, { pending: [retriedQuestion] })));
    assert.equal(
      line,
      `trial 1: draft. Waits for a person since ${noCredit.since}: ${noCredit.problem} ${noCredit.mend}`,
    );
  });

  it('says why something is tried again where nobody is waited for', () => {
    const line = stripVTControlCharacters(describeAct(aSnapshot({}, { pending: [retriedQuestion] })));
    assert.equal(line, `trial 1: draft, writing the script, attempt 7: ${noCredit.problem}`);
  });

  it('says that no worker answers', () => {
    assert.equal(describeAct({ ...aSnapshot(), progress: null }), 'running, no worker answers');
  });
});
