import assert from 'node:assert/strict';
import { stripVTControlCharacters } from 'node:util';
import type { ExperimentSnapshot } from '../../../scripts/watch/experiment-snapshot.ts';
import { describeAct, renderSnapshot } from '../../../scripts/watch/render-snapshot.ts';
import type { Conclusion } from '../../../workflows/domain/stop-condition.ts';
import { aJournalEntry, aMetric } from '../../support/builders.ts';
import { aMessageHead, aResult, aSnapshot, aTraining, noCredit, planDecision, retriedQuestion } from './snapshots.ts';

function pictureOf(snapshot: ExperimentSnapshot, width?: number): string[] {
  return renderSnapshot(snapshot, width).map(stripVTControlCharacters);
}

describe('the picture of an experiment', () => {
  it('says what is waited for, and what to do', () => {
    const [, , ...lines] = pictureOf(aSnapshot({ hold: noCredit }));
    assert.deepEqual(lines.slice(0, 3), [
      'Waits for a person since 2026-01-02 03:04 UTC:',
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
    const answer = picture.find((line) => line.startsWith('  Answer: '));
    assert.match(answer ?? '', /^  Answer: `longrun decide digits approve`, `revise` or `stop`\. /);
  });

  it('says only once how a decision is made', () => {
    assert.doesNotMatch(pictureOf(aSnapshot({ hold: planDecision })).join('\n'), /update `decide`/);
  });

  it('says with which command a plan of their own comes, where it is the plan that waits', () => {
    const blocked = { ...planDecision, decision: { id: 'blocked-3', choices: ['continue', 'finish'] } };
    assert.match(pictureOf(aSnapshot({ hold: planDecision })).join('\n'), /`longrun plan digits --set FILE`/);
    assert.doesNotMatch(pictureOf(aSnapshot({ hold: blocked })).join('\n'), /longrun plan/);
  });

  it('does not speak of a trial that is paused after where none runs', () => {
    const [, line = ''] = pictureOf(aSnapshot({ stage: { kind: 'deciding' }, pause: { when: 'afterTrials' } }));
    assert.equal(line, 'waiting for a decision  (pauses after this)');
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
    const refused = aMessageHead({
      kind: 'refused',
      signal: 'stop',
      by: 'unknown',
      problem: 'text: must\n\u001b[2Jbe a text',
    });
    const picture = pictureOf(aSnapshot({ messages: 1, recentMessages: [refused] }));
    assert.ok(
      picture.includes('  1  2026-01-02 03:04  unknown  stop, refused: text: must be a text'),
      picture.join('\n'),
    );
  });

  it('tells a pause at once from one after the trial', () => {
    const recentMessages = [
      aMessageHead({ number: 1, kind: 'pause', when: 'afterTrials' }),
      aMessageHead({ number: 2, kind: 'pause', when: 'now' }),
    ];
    const said = pictureOf(aSnapshot({ messages: 2, recentMessages })).filter((line) => line.includes('  ada  '));
    assert.deepEqual(
      said.map((line) => line.split('  ').at(-1)),
      ['pause', 'pause now'],
    );
  });

  it('has the models that were chosen', () => {
    const models = { coder: 'x/a', analyst: { model: 'x/b', fallbacks: ['x/c'] } };
    assert.ok(pictureOf(aSnapshot({ models })).includes('Models: coder x/a, analyst x/b or else x/c'));
  });

  it('has every word of them in a narrow terminal', () => {
    const models = { planner: 'some/quite-long-name', coder: 'some/quite-long-name' };
    const picture = pictureOf(aSnapshot({ models }), 40);
    const said = picture.slice(
      picture.findIndex((line) => line.startsWith('Models:')),
      -spendingLines(picture),
    );
    assert.equal(said.join(' '), 'Models: planner some/quite-long-name, coder some/quite-long-name');
    assert.ok(Math.max(...said.map(({ length }) => length)) <= 40);
  });
});

/** What is spent comes last. */
function spendingLines(picture: readonly string[]): number {
  return picture.length - picture.findIndex((line) => / of \d+ trials/.test(line));
}

describe('what a picture says of the spending', () => {
  const budget = { trials: 9, hours: 24 };
  const spent = (elapsedSeconds: number) => aSnapshot({ budget, elapsedSeconds });

  it('has its times in the hours of the budget', () => {
    assert.match(pictureOf(spent(5400)).at(-1) ?? '', /^0 of 9 trials, 1\.5 of 24 hours, 0 hours of training, /);
  });

  it('does not call a short time none', () => {
    assert.match(pictureOf(spent(11)).at(-1) ?? '', / under 0\.01 of 24 hours, 0 hours of training, /);
  });

  it('is whole in a narrow terminal', () => {
    const [wide, narrow] = [pictureOf(spent(5400)), pictureOf(spent(5400), 40)].map((picture) =>
      picture.slice(-spendingLines(picture)),
    );
    assert.equal(narrow?.join(' '), wide?.join(' '));
    assert.ok(Math.max(...(narrow ?? []).map(({ length }) => length)) <= 40);
  });
});

/** The numbers of the trials in its table. */
function trialsIn(picture: readonly string[]): number[] {
  const rows = picture.slice(picture.findIndex((line) => line.startsWith('trial  ')) + 1);
  const end = rows.findIndex((line) => !/^\d/.test(line));
  return rows.slice(0, end).map((row) => Number.parseInt(row, 10));
}

describe('the trials in a picture', () => {
  const journal = Array.from({ length: 30 }, (_, index) => aJournalEntry({ trial: index + 1 }));
  const snapshot = aSnapshot({ metric: aMetric(), trials: 30, recentTrials: journal.slice(-20) });

  it('are the newest, with the command that shows the others', () => {
    const picture = pictureOf(snapshot);
    assert.deepEqual(trialsIn(picture), [19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30]);
    assert.ok(picture.includes('and 18 earlier ones: `longrun show digits`'), picture.join('\n'));
  });

  it('are all that it is given', () => {
    const picture = renderSnapshot(snapshot, Infinity, journal).map(stripVTControlCharacters);
    assert.deepEqual(
      trialsIn(picture),
      journal.map(({ trial }) => trial),
    );
    assert.doesNotMatch(picture.join('\n'), /earlier ones/);
  });
});

function stageLine(snapshot: ExperimentSnapshot): string {
  return pictureOf(snapshot)[1] ?? '';
}

describe('the picture of an experiment that is over', () => {
  it('says in words how it ended', () => {
    const conclusion: Conclusion = { verdict: 'budgetSpent', reason: 'all 9 trials are used' };
    const finished = aSnapshot({ stage: { kind: 'finished', conclusion } }, { status: 'COMPLETED' });
    assert.equal(stageLine(finished), 'finished: budget spent, all 9 trials are used');
  });

  it('says once that it failed', () => {
    const failed = aSnapshot({ stage: { kind: 'failed', reason: 'no plan' } }, { status: 'FAILED' });
    assert.equal(stageLine(failed), 'failed: no plan');
  });

  it('says once that it was cancelled', () => {
    assert.equal(stageLine(aSnapshot({ stage: { kind: 'cancelled' } }, { status: 'CANCELLED' })), 'cancelled');
  });

  it('says in the middle of what it was terminated', () => {
    assert.equal(stageLine(aSnapshot({}, { status: 'TERMINATED' })), 'terminated while trial 1: draft');
  });

  it('has its result where no worker answers', () => {
    const unanswered = { ...aSnapshot({}, { status: 'COMPLETED', result: aResult() }), progress: null };
    assert.equal(stageLine(unanswered), 'completed: goal reached, best is trial 2 with val_error 3');
  });
});

describe('the line for what an experiment does', () => {
  it('says what is waited for, and what to do', () => {
    const line = stripVTControlCharacters(describeAct(aSnapshot({ hold: noCredit }, { pending: [retriedQuestion] })));
    assert.equal(
      line,
      `trial 1: draft. Waits for a person since 2026-01-02 03:04 UTC: ${noCredit.problem} ${noCredit.mend}`,
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
