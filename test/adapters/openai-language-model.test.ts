import assert from 'node:assert/strict';
import type { ApplicationFailure } from '@temporalio/common';
import type { LanguageModelReply } from '../../activities/adapters/language-model.ts';
import { openaiLanguageModel } from '../../activities/adapters/openai-language-model.ts';
import { failureType } from '../../workflows/domain/failure-type.ts';
import { failureOf } from '../support/failures.ts';
import { deadBaseUrl, withFaultServer, type Answer, type FaultServer } from '../support/fault-server.ts';

const apiKey = 'sk-secret-0123456789';
const request = {
  prompt: 'draft-plan',
  model: 'some-model',
  messages: [
    { role: 'system' as const, content: 'You plan.' },
    { role: 'user' as const, content: 'Plan this.' },
  ],
};

async function ask({ baseUrl }: Pick<FaultServer, 'baseUrl'>, signal = new AbortController().signal) {
  return await openaiLanguageModel({ baseUrl, apiKey }).complete(request, signal);
}

async function replyTo(answer: Answer): Promise<LanguageModelReply> {
  return await withFaultServer(answer, (server) => ask(server));
}

async function failureFor(answer: Answer): Promise<ApplicationFailure> {
  return await withFaultServer(answer, (server) => failureOf(ask(server)));
}

const choice = { index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'A plan.' } };
const completion = {
  id: 'x',
  object: 'chat.completion',
  model: 'some-model-2026',
  choices: [choice],
  usage: { prompt_tokens: 12, completion_tokens: 34, total_tokens: 46, cost: 0.0125 },
};
const good: Answer = { status: 200, body: completion };
const answering = (changes: object): Answer => ({ status: 200, body: { ...completion, ...changes } });

describe('a request to a language model', () => {
  it('is a POST to /chat/completions with the model and the messages', async () => {
    await withFaultServer(good, async (server) => {
      await ask(server);
      const { method, path, body } = server.requests[0] ?? assert.fail('nothing arrived');
      assert.deepEqual(
        { method, path, body },
        { method: 'POST', path: '/v1/chat/completions', body: { model: request.model, messages: request.messages } },
      );
    });
  });

  it('names its prompt and carries the key', async () => {
    await withFaultServer(good, async (server) => {
      await ask(server);
      const headers = server.requests[0]?.headers;
      assert.deepEqual([headers?.['x-longrun-prompt'], headers?.authorization], ['draft-plan', `Bearer ${apiKey}`]);
    });
  });

  for (const answer of [good, { status: 500 }, { status: 429 }, { status: 408 }, { status: 409 }, 'reset'] as const) {
    it(`is sent once when the answer is ${typeof answer === 'string' ? answer : answer.status}`, async () => {
      await withFaultServer(answer, async (server) => {
        await ask(server).catch((error: unknown) => error);
        assert.equal(server.requests.length, 1);
      });
    });
  }
});

describe('a reply of a language model', () => {
  it('has its text, model, tokens and cost', async () => {
    assert.deepEqual(await replyTo(good), {
      text: 'A plan.',
      model: 'some-model-2026',
      inputTokens: 12,
      outputTokens: 34,
      cost: 0.0125,
    });
  });

  it('has an unknown cost where the provider does not say it', async () => {
    const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
    assert.equal((await replyTo(answering({ usage }))).cost, null);
  });

  it('counts no tokens where the provider does not', async () => {
    const { inputTokens, outputTokens, cost } = await replyTo(answering({ usage: null }));
    assert.deepEqual({ inputTokens, outputTokens, cost }, { inputTokens: 0, outputTokens: 0, cost: null });
  });

  const noCompletion: [what: string, answer: Answer][] = [
    ['an error with status 200', { status: 200, body: { error: { message: 'overloaded' } } }],
    ['a web page', { status: 200, body: '<html>Please log in</html>' }],
    ['null', { status: 200, body: null }],
    ['an answer without choices', answering({ choices: [] })],
  ];
  for (const [what, answer] of noCompletion) {
    it(`is an outage when it is ${what}`, async () => {
      const { type, nonRetryable } = await failureFor(answer);
      assert.deepEqual({ type, nonRetryable }, { type: failureType.modelUnavailable, nonRetryable: false });
    });
  }

  const incomplete: [what: string, answer: Answer][] = [
    ['a reply that was cut', answering({ choices: [{ ...choice, finish_reason: 'length' }] })],
    ['a reply that was filtered', answering({ choices: [{ ...choice, finish_reason: 'content_filter' }] })],
    ['a reply that does not say how it ended', answering({ choices: [{ ...choice, finish_reason: null }] })],
    ['an empty reply', answering({ choices: [{ ...choice, message: { role: 'assistant', content: '' } }] })],
    ['a blank reply', answering({ choices: [{ ...choice, message: { role: 'assistant', content: ' \n' } }] })],
    ['a reply without content', answering({ choices: [{ ...choice, message: { role: 'assistant', content: null } }] })],
  ];
  for (const [what, answer] of incomplete) {
    it(`does not count when it is ${what}`, async () => {
      const { type, nonRetryable } = await failureFor(answer);
      assert.deepEqual({ type, nonRetryable }, { type: failureType.modelIncompleteReply, nonRetryable: false });
    });
  }
});

describe('a failure of a language model', () => {
  const quota = { error: { message: 'You exceeded your quota', code: 'insufficient_quota' } };
  const statuses: [status: number, type: string, nonRetryable: boolean, body?: object][] = [
    [400, failureType.modelBadRequest, true],
    [401, failureType.modelUnauthorized, true],
    [402, failureType.modelNoCredit, true],
    [403, failureType.modelUnauthorized, true],
    [404, failureType.modelUnknown, true],
    [408, failureType.modelUnavailable, false],
    [409, failureType.modelUnavailable, false],
    [413, failureType.modelBadRequest, true],
    [422, failureType.modelBadRequest, true],
    [429, failureType.modelRateLimited, false],
    [429, failureType.modelNoCredit, true, quota],
    [500, failureType.modelUnavailable, false],
    [502, failureType.modelUnavailable, false],
    [503, failureType.modelUnavailable, false],
    [529, failureType.modelUnavailable, false],
  ];
  for (const [status, type, nonRetryable, body] of statuses) {
    const what = `status ${status}${body === undefined ? '' : ' for want of credit'}`;
    it(`with ${what} is ${type}, ${nonRetryable ? 'and final' : 'and worth a retry'}`, async () => {
      const failure = await failureFor({ status, body: body ?? { error: { message: 'no' } } });
      assert.deepEqual([failure.type, failure.nonRetryable], [type, nonRetryable]);
    });
  }

  it('has the same type when its body is a web page', async () => {
    assert.equal(
      (await failureFor({ status: 502, body: '<html>Bad gateway</html>' })).type,
      failureType.modelUnavailable,
    );
  });

  it('names the model that is not known, and where to mend it', async () => {
    assert.match((await failureFor({ status: 404 })).message, /"some-model".*LONGRUN_MODEL/);
  });

  it('is Unavailable when the connection is refused', async () => {
    const failure = await failureOf(ask({ baseUrl: await deadBaseUrl() }));
    assert.deepEqual([failure.type, failure.nonRetryable], [failureType.modelUnavailable, false]);
  });

  for (const answer of ['reset', 'half'] as const) {
    it(`is Unavailable when the connection is cut (${answer})`, async () => {
      const failure = await failureFor(answer);
      assert.deepEqual([failure.type, failure.nonRetryable], [failureType.modelUnavailable, false]);
    });
  }
});

describe('the wait before the next retry', () => {
  const waits: [retryAfter: string, milliseconds: number | undefined][] = [
    ['7', 7_000],
    ['1.5', 1_500],
    ['999999', 3_600_000],
    ['Thu, 01 Jan 2099 00:00:00 GMT', 3_600_000],
    ['Thu, 01 Jan 1970 00:00:00 GMT', undefined],
    ['0', undefined],
    ['-5', undefined],
    ['soon', undefined],
  ];
  for (const [retryAfter, milliseconds] of waits) {
    it(`is ${milliseconds ?? 'left to the policy'} for Retry-After: ${retryAfter}`, async () => {
      const failure = await failureFor({ status: 429, headers: { 'retry-after': retryAfter } });
      assert.equal(failure.nextRetryDelay, milliseconds);
    });
  }

  it('is the server’s when it is overloaded, too', async () => {
    assert.equal((await failureFor({ status: 503, headers: { 'retry-after': '20' } })).nextRetryDelay, 20_000);
  });

  it('is left to the policy when the server does not say', async () => {
    assert.equal((await failureFor({ status: 429 })).nextRetryDelay, undefined);
  });
});

describe('the key of a language model', () => {
  const echo = { error: { message: `Incorrect API key provided: ${apiKey}`, type: apiKey, param: apiKey } };
  const statuses = [200, 400, 401, 402, 403, 404, 409, 422, 429, 500];
  const answers: Answer[] = ['reset', 'half', ...statuses.map((status) => ({ status, body: echo }))];
  for (const answer of answers) {
    it(`is in no failure for ${typeof answer === 'string' ? answer : `an echo with status ${answer.status}`}`, async () => {
      const { message, details, cause, stack } = await failureFor(answer);
      assert.ok(![message, JSON.stringify(details), String(cause), stack].some((text) => text?.includes(apiKey)));
    });
  }

  it('is in no failure when nobody listens', async () => {
    const { message, cause } = await failureOf(ask({ baseUrl: await deadBaseUrl() }));
    assert.ok(!`${message} ${String(cause)}`.includes(apiKey));
  });
});

describe('an aborted request', () => {
  const reason = new Error('cancelled by Temporal');

  it('throws the reason of its signal', async () => {
    const controller = new AbortController();
    const abort = (): Answer => {
      controller.abort(reason);
      return 'silence';
    };
    await withFaultServer(abort, async (server) => {
      await assert.rejects(ask(server, controller.signal), (error) => error === reason);
    });
  });

  it('is not sent when it was aborted before', async () => {
    await withFaultServer(good, async (server) => {
      await assert.rejects(ask(server, AbortSignal.abort(reason)), (error) => error === reason);
      assert.equal(server.requests.length, 0);
    });
  });
});
