import assert from 'node:assert/strict';
import {
  afterInheritance,
  afterPlanChange,
  afterRecording,
  emptyMailbox,
  nextBatch,
  receive,
  type Mailbox,
} from '../../workflows/domain/mailbox.ts';
import type { PersonMessage } from '../../workflows/domain/person-message.ts';
import { messageBytes } from '../../workflows/domain/read-payload.ts';
import { readFeedback } from '../../workflows/domain/read-signal.ts';
import type { Models } from '../../workflows/schema/models.ts';

const at = '2026-01-02T03:04:05.000Z';
const sender = { by: 'Ada', at };

const feedback = (text: string, id: string | null = null): PersonMessage => ({ kind: 'feedback', text, id, ...sender });
const pause: PersonMessage = { kind: 'pause', when: 'afterTrials', id: null, ...sender };
const resume: PersonMessage = { kind: 'resume', id: null, ...sender };
const extension = (tokens: number, id: string | null = null): PersonMessage => ({
  kind: 'extendBudget',
  extension: { tokens },
  id,
  ...sender,
});
const change = (models: Models): PersonMessage => ({ kind: 'changeModel', models, id: null, ...sender });

function received(...messages: PersonMessage[]): Mailbox {
  return messages.reduce(receive, emptyMailbox);
}

/** Every batch until nothing waits any more. */
function allBatches(mailbox: Mailbox): PersonMessage[][] {
  const batches: PersonMessage[][] = [];
  for (let rest = mailbox; rest.inbox.length > 0; rest = afterRecording(rest, batches.at(-1)?.length ?? 0)) {
    const batch = nextBatch(rest);
    assert.ok(batch.length > 0, 'a batch is empty although messages wait');
    batches.push(batch);
  }
  return batches;
}

describe('a mailbox', () => {
  it('keeps messages in the order of their arrival', () => {
    const messages = [feedback('one'), pause, feedback('two')];
    assert.deepEqual(received(...messages).inbox, messages);
  });

  it('takes a second delivery of an id for the same message', () => {
    assert.deepEqual(received(feedback('one', 'm1'), feedback('one again', 'm1')).inbox, [feedback('one', 'm1')]);
  });

  it('still knows the id of a message that is on disk already', () => {
    const recorded = afterRecording(received(feedback('one', 'm1')), 1);
    assert.deepEqual(receive(recorded, feedback('one', 'm1')), recorded);
  });

  it('still knows an id after 2,047 others', () => {
    const others = Array.from({ length: 2_047 }, (_, index) => feedback('x', `m${index + 2}`));
    assert.equal(received(feedback('one', 'm1'), ...others, feedback('one', 'm1')).inbox.length, 2_048);
  });

  it('remembers a limited number of ids, whatever their length and script, within 16 KB', () => {
    const ids = Array.from({ length: 2_100 }, (_, index) => `${index} ${'界'.repeat(190)}`);
    const mailbox = received(...ids.map((id) => extension(1, id)));
    assert.equal(mailbox.idFingerprints.length, 16 * 1024);
    const [oldest = '', newest = ''] = [ids[0], ids.at(-1)];
    assert.equal(receive(mailbox, extension(1, newest)), mailbox);
    assert.equal(receive(mailbox, extension(1, oldest)).inbox.length, 2_101);
  });

  it('takes two deliveries without an id for two messages', () => {
    assert.equal(received(feedback('same'), feedback('same')).inbox.length, 2);
  });

  it('does not apply the second delivery of a pause that was resumed since', () => {
    const again: PersonMessage = { ...pause, id: 'p1' };
    assert.equal(received(again, resume, again).isPaused, false);
  });

  it('is paused by a pause, until a resume', () => {
    assert.deepEqual([received(pause).isPaused, received(pause, resume).isPaused], [true, false]);
  });

  it('is halted by a pause for now, which a pause for later does not take back, until a resume', () => {
    const now: PersonMessage = { ...pause, when: 'now' };
    assert.deepEqual(
      [received(pause), received(now), received(now, pause), received(now, resume)].map(({ isHalted }) => isHalted),
      [false, true, true, false],
    );
  });

  it('keeps changes of the plan in their order, with the number of the message that brings each', () => {
    const own: PersonMessage = { kind: 'revisePlan', plan: '# Mine', reason: 'better', id: null, ...sender };
    const asked: PersonMessage = { kind: 'revisePlan', plan: null, reason: 'it is stale', id: null, ...sender };
    assert.deepEqual(received(feedback('x'), own, asked).planChanges, [
      { message: 2, hasPlan: true, by: 'Ada', reason: 'better' },
      { message: 3, hasPlan: false, by: 'Ada', reason: 'it is stale' },
    ]);
  });

  it('knows the newest trial that was abandoned, and by whom', () => {
    const abandon: PersonMessage = { kind: 'abandonTrial', trial: 7, reason: 'hopeless', id: null, ...sender };
    assert.deepEqual(received(abandon).abandoned, { trial: 7, by: 'Ada', reason: 'hopeless' });
  });

  it('takes the decision to stop for a request to stop', () => {
    const decide: PersonMessage = { kind: 'decide', decision: 'plan-1', choice: 'stop', id: null, ...sender };
    const { decision, stopRequest } = received(decide);
    assert.deepEqual(
      [decision, stopRequest],
      [
        { id: 'plan-1', choice: 'stop', by: 'Ada' },
        { by: 'Ada', reason: 'decided so at plan-1' },
      ],
    );
  });

  it('shows the newest messages with their numbers, and why one was refused', () => {
    const heads = received(feedback('one', 'm1'), readFeedback('', at)).recent;
    assert.deepEqual(
      heads.map(({ number, kind, id, problem }) => [number, kind, id, problem]),
      [
        [1, 'feedback', 'm1', null],
        [2, 'refused', null, 'text: must be a text that is not empty'],
      ],
    );
  });

  it('shows which signal was refused', () => {
    const refused: PersonMessage = { kind: 'refused', signal: 'stop', problem: 'no text', id: null, ...sender };
    assert.equal(received(refused).recent[0]?.signal, 'stop');
  });

  it('shows how it is to pause', () => {
    const pauses = [pause, { ...pause, when: 'now' } as const];
    assert.deepEqual(
      received(...pauses).recent.map(({ when }) => when),
      ['afterTrials', 'now'],
    );
  });

  it('numbers its messages after those of the past that it inherits', () => {
    const own: PersonMessage = { kind: 'revisePlan', plan: '# Mine', reason: 'better', id: null, ...sender };
    const mailbox = afterInheritance(received(own), { messages: 5 });
    assert.deepEqual([mailbox.recorded, mailbox.recent[0]?.number, mailbox.planChanges[0]?.message], [5, 6, 6]);
  });

  it('has the changes of the plan that it inherits before its own', () => {
    const own: PersonMessage = { kind: 'revisePlan', plan: '# Mine', reason: 'better', id: null, ...sender };
    const planChanges = [{ message: 4, hasPlan: false, by: 'Eve', reason: 'stale' }];
    const mailbox = afterInheritance(received(own), { messages: 5, planChanges });
    assert.deepEqual(
      mailbox.planChanges.map(({ message }) => message),
      [4, 6],
    );
  });

  it('says of a change of the plan that could not be made why, to whom it was promised', () => {
    const asked: PersonMessage = { kind: 'revisePlan', plan: null, reason: 'stale', id: 'p1', ...sender };
    const mailbox = afterPlanChange(received(asked), at, 'nothing is left');
    assert.deepEqual(mailbox.planChanges, []);
    const told = { kind: 'refused', signal: 'revisePlan', problem: 'nothing is left', by: 'Ada', at, id: null };
    assert.deepEqual(mailbox.inbox.at(-1), told);
  });

  it('takes what was corrected under the id of a refused message, and what was refused only once', () => {
    const refused = readFeedback({ id: 'm1', text: '' }, at);
    const mailbox = received(refused, refused, feedback('now right', 'm1'), feedback('now right', 'm1'));
    assert.deepEqual(
      mailbox.inbox.map(({ kind }) => kind),
      ['refused', 'feedback'],
    );
  });

  it('takes an empty id for none', () => {
    const said = ['a', 'b'].map((text) => readFeedback({ id: '', text }, at));
    assert.equal(received(...said).inbox.length, 2);
  });

  it('holds the request to stop with its reason', () => {
    const stop: PersonMessage = { kind: 'stop', reason: 'enough', id: null, ...sender };
    assert.deepEqual(received(stop).stopRequest, { by: 'Ada', reason: 'enough' });
  });

  it('has the newest model of each role that was chosen', () => {
    const mailbox = received(change({ coder: 'openai/a', planner: 'openai/b' }), change({ coder: 'anthropic/c' }));
    assert.deepEqual(mailbox.models, { coder: 'anthropic/c', planner: 'openai/b' });
  });

  it('takes a newly chosen model whole, without the fallbacks of the one before', () => {
    const mailbox = received(
      change({ coder: { model: 'openai/a', fallbacks: ['openai/b'] } }),
      change({ coder: { model: 'openai/c' } }),
    );
    assert.deepEqual(mailbox.models, { coder: { model: 'openai/c' } });
  });

  it('adds up what the budget was extended by', () => {
    assert.deepEqual(received(extension(500), extension(250)).extension, { tokens: 750 });
  });

  it('extends the budget once where an update is delivered twice', () => {
    const mailbox = received(extension(500, 'e1'), extension(500, 'e1'));
    assert.deepEqual([mailbox.extension, mailbox.nudges.extensions], [{ tokens: 500 }, 1]);
  });

  for (const [what, message, nudges] of [
    ['a resume', resume, { resumes: 1, extensions: 0 }],
    ['an extension of the budget', extension(1), { resumes: 0, extensions: 1 }],
  ] as const) {
    it(`counts ${what} as something that may end a wait`, () => assert.deepEqual(received(message).nudges, nudges));
  }

  it('counts everything that may end a wait', () => {
    const { nudges } = received(resume, extension(1), change({ coder: 'openai/a' }), resume);
    assert.deepEqual(nudges, { resumes: 2, extensions: 1 });
  });

  it('counts neither feedback, pause, stop nor what was refused as something that may end a wait', () => {
    const stop: PersonMessage = { kind: 'stop', reason: 'enough', id: null, ...sender };
    const refused: PersonMessage = { kind: 'refused', signal: 'resume', problem: 'x', id: null, ...sender };
    assert.deepEqual(received(feedback('go on'), pause, stop, refused).nudges, { resumes: 0, extensions: 0 });
  });

  it('is still paused after a change of models and an extension of the budget', () => {
    assert.equal(received(pause, change({ coder: 'openai/a' }), extension(1)).isPaused, true);
  });

  it('keeps models, extension and nudges when the messages are on disk', () => {
    const mailbox = received(change({ coder: 'openai/a' }), extension(1));
    const { models, extension: extended, nudges, inbox } = afterRecording(mailbox, 2);
    assert.deepEqual(
      [models, extended, nudges, inbox],
      [{ coder: 'openai/a' }, { tokens: 1 }, { resumes: 0, extensions: 1 }, []],
    );
  });

  it('is neither paused nor stopped by feedback or by what was refused', () => {
    const { isPaused, stopRequest } = received(feedback('stop'), {
      kind: 'refused',
      signal: 'pause',
      problem: 'x',
      id: null,
      ...sender,
    });
    assert.deepEqual({ isPaused, stopRequest }, { isPaused: false, stopRequest: null });
  });

  it('counts what is on disk and forgets its text', () => {
    const mailbox = afterRecording(received(feedback('one'), feedback('two'), feedback('three')), 2);
    assert.deepEqual([mailbox.recorded, mailbox.inbox], [2, [feedback('three')]]);
  });

  it('leaves the mailbox it was given as it is', () => {
    const before = received(feedback('one'));
    receive(before, feedback('two'));
    assert.deepEqual(before, received(feedback('one')));
  });
});

describe('the batches of a mailbox', () => {
  const longest = 'x'.repeat(messageBytes - JSON.stringify({ text: '' }).length);

  it('hold every message once, in order', () => {
    const messages = Array.from({ length: 300 }, (_, index) => feedback('x'.repeat((index * 37) % 900), `m${index}`));
    assert.deepEqual(allBatches(received(...messages)).flat(), messages);
  });

  it('are several where one would be too large', () => {
    assert.ok(allBatches(received(...Array.from({ length: 20 }, () => feedback(longest)))).length > 1);
  });

  it('take small messages together', () => {
    assert.equal(allBatches(received(feedback('one'), pause, resume)).length, 1);
  });

  it('stay under 32 KB each for the longest messages in any script', () => {
    const messages = [longest, '界'.repeat(2_720)].flatMap((text) =>
      Array.from({ length: 20 }, () => readFeedback({ text }, at)),
    );
    const sizes = allBatches(received(...messages)).map((batch) => Buffer.byteLength(JSON.stringify(batch)));
    assert.ok(Math.max(...sizes) < 32 * 1024, `${sizes.join(', ')} bytes`);
  });

  it('hold a single message even when it is larger than a batch should be', () => {
    const [first, second] = [feedback('x'.repeat(20_000)), feedback('y')];
    assert.deepEqual(allBatches(received(first, second)), [[first], [second]]);
  });

  it('are empty when nothing waits', () => {
    assert.deepEqual(nextBatch(emptyMailbox), []);
  });
});
