import assert from 'node:assert/strict';
import {
  decisionEffect,
  feedbackEffect,
  pauseEffect,
  resumeEffect,
  stopEffect,
  type Change,
} from '../../../scripts/steering/describe-effect.ts';
import type { Stage } from '../../../workflows/domain/experiment-state.ts';
import type { Progress } from '../../../workflows/domain/progress.ts';
import { aSnapshot, noCredit, planDecision } from '../watch/snapshots.ts';

const trial: Stage = { kind: 'trial', number: 7, step: 'draft' };
const reporting: Stage = { kind: 'reporting' };

function now(progress: Partial<Progress>): Progress {
  return aSnapshot(progress).progress ?? assert.fail('a snapshot has its progress');
}

function change(before: Partial<Progress>, after = before): Change {
  return { id: 'digits', before: now(before), after: now(after) };
}

const paused = (when: 'now' | 'afterTrials', progress: Partial<Progress>): Partial<Progress> => ({
  ...progress,
  isPaused: true,
  pause: { when },
});

describe('what a pause does', () => {
  const until = 'nothing begins until `longrun resume digits`.';
  const pauses: [when: 'now' | 'afterTrials', progress: Partial<Progress>, effect: string][] = [
    ['afterTrials', { stage: trial }, `Paused: trial 7 goes on to its end, then ${until}`],
    [
      'now',
      { stage: trial, act: 'training' },
      `Paused: trial 7 stops training at a checkpoint and frees its slot; ${until}`,
    ],
    ['now', { stage: trial, act: 'rehearsing' }, `Paused: trial 7 stops rehearsing and frees its slot; ${until}`],
    [
      'now',
      { stage: trial, act: 'writing' },
      `Paused: what trial 7 is at (writing) goes on to the next step, then ${until}`,
    ],
    ['now', { stage: { kind: 'planning' } }, `Paused: what it is at (planning) goes on to its end, then ${until}`],
    ['afterTrials', { stage: { kind: 'paused' } }, `Paused: ${until}`],
    ['now', { stage: reporting }, 'Taken, but nothing is left to pause: the report is being written.'],
  ];
  for (const [when, progress, effect] of pauses) {
    it(`${when}, during ${progress.act ?? progress.stage?.kind}, is said`, () => {
      assert.equal(pauseEffect(change(progress, paused(when, progress))), effect);
    });
  }
});

describe('what going on does', () => {
  const resumes: [name: string, before: Partial<Progress>, after: Partial<Progress>, effect: string][] = [
    [
      'a pause',
      paused('afterTrials', { stage: { kind: 'paused' } }),
      {},
      'Resumed: the next trial begins, after another version of the plan where one was asked for.',
    ],
    [
      'a pause of a training',
      paused('now', { stage: trial, act: 'training' }),
      {},
      'Resumed: trial 7 trains on from its last checkpoint, without one from the start.',
    ],
    [
      'a pause of a rehearsal',
      paused('now', { stage: trial, act: 'rehearsing' }),
      {},
      'Resumed: trial 7 rehearses from the start.',
    ],
    [
      'a pause of anything else',
      paused('now', { stage: trial, act: 'writing' }),
      {},
      'Resumed: trial 7 goes on where it stopped.',
    ],
    [
      'a coming pause',
      paused('afterTrials', { stage: trial }),
      {},
      'Resumed: it does not pause after trial 7 any more.',
    ],
    ['a hold', { hold: noCredit }, { hold: noCredit }, 'Resumed: what it waits for is tried again at once.'],
    ['nothing', {}, {}, 'Taken, but nothing was paused: digits goes on as before.'],
    [
      'a decision',
      { hold: planDecision },
      { hold: planDecision },
      'Taken, but digits waits for a decision: `longrun decide digits approve`, `revise` or `stop`.',
    ],
  ];
  for (const [name, before, after, effect] of resumes) {
    it(`after ${name} is said`, () => assert.equal(resumeEffect(change(before, after)), effect));
  }
});

describe('what a decision does', () => {
  const before = now({});
  const pausedBefore = now(paused('afterTrials', {}));
  it('is done at once', () => {
    assert.equal(decisionEffect({ id: 'digits', before }, 'revise'), 'and the planner writes another version');
  });

  it('waits for the end of a pause', () => {
    assert.equal(
      decisionEffect({ id: 'digits', before: pausedBefore }, 'revise'),
      'and the planner writes another version once `longrun resume digits` ends the pause',
    );
  });

  for (const choice of ['stop', 'finish']) {
    it(`to ${choice} waits for no end of a pause`, () => {
      assert.equal(decisionEffect({ id: 'digits', before: pausedBefore }, choice), 'and the report is written');
    });
  }
});

describe('what a stop does', () => {
  const stops: [stage: Stage, effect: string][] = [
    [trial, 'Stops: trial 7 is ended and its trainings are stopped, then the report is written.'],
    [{ kind: 'paused' }, 'Stops: no other trial begins, and the report is written.'],
    [{ kind: 'planning' }, 'Stops: no trial begins; with a plan it writes its report, without one it ends as failed.'],
    [reporting, 'Taken, but it ends already: the report is being written.'],
  ];
  for (const [stage, effect] of stops) {
    it(`during ${stage.kind} is said`, () => assert.equal(stopEffect(change({ stage })), effect));
  }
});

describe('what feedback does', () => {
  const words: [stage: Stage, effect: string][] = [
    [trial, 'Taken as message 12: it is in the next prompt.'],
    [{ kind: 'paused' }, 'Taken as message 12: it is in the next prompt, when digits goes on.'],
    [reporting, 'Taken as message 12: too late for a prompt, but the report has it unless that is out already.'],
  ];
  for (const [stage, effect] of words) {
    it(`during ${stage.kind} is said`, () => assert.equal(feedbackEffect(change({ stage }), 12), effect));
  }
});
