import assert from 'node:assert/strict';
import { afterRecording, emptyMailbox, nextBatch, receive, type Mailbox } from '../../workflows/domain/mailbox.ts';
import { messageBytes, readFeedback, type PersonMessage } from '../../workflows/domain/person-message.ts';
import type { Models } from '../../workflows/schema/models.ts';

const at = '2026-01-02T03:04:05.000Z';
const sender = { by: 'Ada', at };

const feedback = (text: string, id: string | null = null): PersonMessage => ({ kind: 'feedback', text, id, ...sender });
const pause: PersonMessage = { kind: 'pause', id: null, ...sender };
const resume: PersonMessage = { kind: 'resume', id: null, ...sender };
const extension = (tokens: number, id: string | null = null): PersonMessage => ({
  kind: 'extendBudget',
  extension: { tokens },
  id,
  ...sender,
});
const change = (models: Models): PersonMessage => ({ kind: 'changeModels', models, id: null, ...sender });

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

  it('still knows an id after 199 others', () => {
    const others = Array.from({ length: 199 }, (_, index) => feedback('x', `m${index + 2}`));
    assert.equal(received(feedback('one', 'm1'), ...others, feedback('one', 'm1')).inbox.length, 200);
  });

  it('remembers a limited number of ids', () => {
    const many = Array.from({ length: 500 }, (_, index) => feedback('x', `m${index}`));
    assert.equal(received(...many).recentIds.length, 200);
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

  it('remembers ids of any length and script within 16 KB', () => {
    const ids = Array.from({ length: 300 }, (_, index) => `${index} ${'界'.repeat(190)}`);
    const mailbox = received(...ids.map((id) => extension(1, id)));
    const bytes = Buffer.byteLength(mailbox.recentIds.join(''));
    assert.ok(bytes <= 16 * 1024 && bytes > 15 * 1024, `${bytes} bytes`);
    assert.equal(mailbox.recentIds.at(-1), ids.at(-1));
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

  it('stay under 32 KB each for the longest messages of plain letters', () => {
    const messages = Array.from({ length: 20 }, () => readFeedback({ text: longest }, at));
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
