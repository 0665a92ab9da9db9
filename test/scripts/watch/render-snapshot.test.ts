import assert from 'node:assert/strict';
import { stripVTControlCharacters } from 'node:util';
import { describeAct, describePending, renderSnapshot } from '../../../scripts/watch/render-snapshot.ts';
import { aMessageHead, aSnapshot, aTraining, noCredit, planDecision, retriedQuestion } from './snapshots.ts';

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

describe('the picture of a steered experiment', () => {
  const heads = [1, 2, 3, 4, 5, 6].map((number) => aMessageHead({ number }));

  it('says with which command a decision is made', () => {
    const picture = pictureOf(aSnapshot({ hold: planDecision }));
    assert.ok(picture.includes('  Answer: `longrun decide digits approve`, `revise` or `stop`.'));
  });

  it('says what the running trial is at, and how it is paused', () => {
    const [, later = ''] = pictureOf(aSnapshot({ act: 'training', pause: { when: 'afterTrials' } }));
    assert.equal(later, 'trial 1: draft, training  (pauses after this trial)');
    const [, now = ''] = pictureOf(aSnapshot({ act: 'training', pause: { when: 'now' } }));
    assert.equal(now, 'trial 1: draft, training  (paused: nothing goes on)');
  });

  it('is not paused before the training has stopped', () => {
    const snapshot = aSnapshot({ act: 'training', pause: { when: 'now' } }, { pending: [aTraining({})] });
    assert.equal(pictureOf(snapshot)[1], 'trial 1: draft, training  (pauses as soon as this step has stopped)');
    assert.equal(describeAct(snapshot), 'trial 1: draft, training  (pauses as soon as this step has stopped)');
  });

  it('says about how long a training that logs its progress takes, of any other how long it may', () => {
    const estimated = aTraining({ etaMinutes: 1.5, deadlineMinutes: 60 });
    assert.equal(describePending(estimated), 'training seed 0: step 8, about 1.5 min left');
    const bounded = aTraining({ etaMinutes: null, deadlineMinutes: 60 });
    assert.equal(describePending(bounded), 'training seed 0: step 8, at most 60 min left');
  });

  it('says with which command a pause ends', () => {
    const [, line = ''] = pictureOf(aSnapshot({ stage: { kind: 'paused' }, pause: { when: 'afterTrials' } }));
    assert.equal(line, 'paused: `longrun resume digits` goes on');
  });

  it('has the newest messages, and how many there were before', () => {
    const picture = pictureOf(aSnapshot({ messages: 6, recentMessages: heads }));
    const first = picture.indexOf('Messages, the newest 5 of 6:');
    assert.deepEqual(
      picture.slice(first + 1, first + 6),
      [2, 3, 4, 5, 6].map((number) => `  ${number}  2026-01-02 03:04  ada  feedback`),
    );
  });

  it('says why a message was refused, in a line of its own', () => {
    const refused = aMessageHead({ kind: 'refused', by: 'unknown', problem: 'text: must\n\u001b[2Jbe a text' });
    const picture = pictureOf(aSnapshot({ messages: 1, recentMessages: [refused] }));
    assert.ok(picture.includes('  1  2026-01-02 03:04  unknown  refused: text: must be a text'), picture.join('\n'));
  });

  it('has the models that were chosen', () => {
    const models = { coder: 'x/a', analyst: { model: 'x/b', fallbacks: ['x/c'] } };
    assert.ok(pictureOf(aSnapshot({ models })).includes('Models: coder x/a, analyst x/b or else x/c'));
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
