import assert from 'node:assert/strict';
import { replyDeadlines } from '../../activities/language-model/reply-deadlines.ts';
import { failureOf } from '../support/failures.ts';
import { withHostileEndpoint, type Answer } from '../support/hostile-endpoint.ts';
import { ask } from '../support/language-model-requests.ts';
import { aStream, chunk, events } from '../support/model-answers.ts';

function activeTimers(): number {
  return process.getActiveResourcesInfo().filter((each) => each === 'Timeout').length;
}

describe('the clocks of a request', () => {
  const timeouts = { firstTokenSeconds: 0.2, idleSeconds: 0.2, totalSeconds: 20 };
  const text = chunk({ content: 'Half' });
  const stalls: [what: string, answer: Answer, says: RegExp, changes?: object][] = [
    ['headers that do not come', 'silence', /did not begin.*0\.2 s \(firstTokenSeconds/],
    ['a first token that does not come', events([chunk({ role: 'assistant' })], 'stall'), /did not begin.*firstToken/],
    ['a stream that stalls', events([text], 'stall'), /fell silent.*0\.2 s \(idleSeconds/],
    ['a body that stalls', { headers: { 'content-type': 'application/json' }, body: '{', ending: 'stall' }, /silent/],
    [
      'a reply without an end',
      events([text], 'stall'),
      /did not end.*0\.2 s \(totalSeconds/,
      { totalSeconds: 0.2, idleSeconds: 20 },
    ],
  ];
  for (const [what, answer, says, changes] of stalls) {
    it(`end ${what}, and the connection with it`, async () => {
      await withHostileEndpoint(answer, async (endpoint) => {
        const question = { target: { provider: { timeouts: { ...timeouts, ...changes } } } };
        assert.match((await failureOf(ask(endpoint, question))).message, says);
        assert.equal(await endpoint.requests[0]?.end, 'abandoned');
      });
    });
  }

  it('leave no timer behind', () => {
    const before = activeTimers();
    const deadlines = replyDeadlines(timeouts, new AbortController().signal);
    deadlines.tokenArrived();
    deadlines.close();
    deadlines.tokenArrived();
    assert.equal(activeTimers(), before);
  });

  // Node runs timers of one length in the order of their starts, so this depends on no speed.
  it('begin anew with each token', async () => {
    const { signal } = new AbortController();
    const [talking, silent] = [replyDeadlines(timeouts, signal), replyDeadlines(timeouts, signal)];
    for (const each of [talking, silent, talking]) each.tokenArrived();
    const passedFirst = new Promise((resolve) => {
      silent.signal.addEventListener('abort', () => resolve([talking.passed(), silent.passed()]));
    });
    assert.deepEqual(await passedFirst, [null, 'idleSeconds']);
    talking.close();
    silent.close();
  });

  it('say nothing of a deadline where the caller has ended the request', async () => {
    const deadlines = replyDeadlines(timeouts, AbortSignal.abort());
    assert.deepEqual([deadlines.signal.aborted, deadlines.passed()], [true, null]);
    deadlines.close();
  });
});

describe('an aborted request', () => {
  const reason = new Error('cancelled by Temporal');

  for (const answer of ['silence', events([chunk({ content: 'Half' })], 'stall')] as const) {
    it(`throws the reason of its signal, ${answer === 'silence' ? 'before its answer' : 'in its reply'}`, async () => {
      const controller = new AbortController();
      const abort = () => controller.abort(reason);
      const scripted = (): Answer => {
        if (answer === 'silence') abort();
        return answer;
      };
      await withHostileEndpoint(scripted, async (endpoint) => {
        const asked = ask(endpoint, { signal: controller.signal, onProgress: abort });
        await assert.rejects(asked, (error) => error === reason);
        assert.equal(await endpoint.requests[0]?.end, 'abandoned');
      });
    });
  }

  it('is not sent when it was aborted before', async () => {
    await withHostileEndpoint(aStream('A plan.'), async (endpoint) => {
      await assert.rejects(ask(endpoint, { signal: AbortSignal.abort(reason) }), (error) => error === reason);
      assert.equal(endpoint.requests.length, 0);
    });
  });
});
