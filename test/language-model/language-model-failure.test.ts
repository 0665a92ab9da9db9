import assert from 'node:assert/strict';
import { failureType } from '../../workflows/domain/failure-type.ts';
import { failureOf } from '../support/failures.ts';
import { deadBaseUrl, type Answer } from '../support/hostile-endpoint.ts';
import {
  aRequest,
  aRequestOn,
  ask,
  failureFor,
  plantedKey,
  replyTo,
  type Question,
} from '../support/language-model-requests.ts';
import { aStream, anError, chunk, events } from '../support/model-answers.ts';

async function assertSays(answer: Answer, words: RegExp, question: Question = {}): Promise<void> {
  assert.match((await failureFor(answer, question)).message, words);
}

describe('the type of a failure of a language model', () => {
  const byStatus: [status: number, type: string, code?: string][] = [
    [301, failureType.modelNotConfigured],
    [302, failureType.modelNotConfigured],
    [303, failureType.modelNotConfigured],
    [307, failureType.modelNotConfigured],
    [308, failureType.modelNotConfigured],
    [400, failureType.modelBadRequest],
    [401, failureType.modelUnauthorized],
    [402, failureType.modelNoCredit],
    [403, failureType.modelUnauthorized],
    [404, failureType.modelUnknown],
    [408, failureType.modelUnavailable],
    [409, failureType.modelUnavailable],
    [413, failureType.modelBadRequest],
    [418, failureType.modelBadRequest],
    [422, failureType.modelBadRequest],
    [429, failureType.modelRateLimited],
    [429, failureType.modelRateLimited, 'rate_limit_exceeded'],
    [429, failureType.modelNoCredit, 'insufficient_quota'],
    [429, failureType.modelNoCredit, 'credit_balance_exhausted'],
    [429, failureType.modelSpendLimit, 'organization_spend_limit_exceeded'],
    [429, failureType.modelSpendLimit, 'project_spend_limit_exceeded'],
    [429, failureType.modelSpendLimit, 'organization_usage_limit_exceeded'],
    [500, failureType.modelUnavailable],
    [502, failureType.modelUnavailable],
    [503, failureType.modelUnavailable],
    [529, failureType.modelUnavailable],
  ];
  for (const [status, type, code = null] of byStatus) {
    it(`is ${type} for status ${status} ${code ?? ''}, and retryable as such`, async () => {
      const failure = await failureFor(anError(status, { message: 'no', code }));
      assert.deepEqual([failure.type, failure.nonRetryable], [type, false]);
    });
  }

  it('is Unavailable for an answer that only claims to be JSON', async () => {
    const headers = { 'content-type': 'application/json' };
    assert.equal((await failureFor({ status: 200, headers, body: '<html>' })).type, failureType.modelUnavailable);
  });

  it('is RateLimited where credit is only in use for the moment', async () => {
    const { type, nextRetryDelay } = await failureFor(anError(402, { message: 'in flight' }, { 'retry-after': '9' }));
    assert.deepEqual([type, nextRetryDelay], [failureType.modelRateLimited, 9_000]);
  });

  const byText: [message: string, type: string][] = [
    ['Your credit balance is too low to access the API', failureType.modelNoCredit],
    ['API key not valid. Please pass a valid API key.', failureType.modelUnauthorized],
    ['foo/bar is not a valid model ID', failureType.modelUnknown],
    ['The model `foo` does not exist', failureType.modelUnknown],
    ["Unsupported parameter: 'max_tokens'", failureType.modelBadRequest],
  ];
  for (const [message, type] of byText) {
    it(`is ${type} for “${message}”, where the status says nothing`, async () => {
      assert.equal((await failureFor(anError(400, { message }))).type, type);
    });
  }

  const forbidden: [message: string, type: string][] = [
    ['foo/bar requires moderation on OpenAI. Your input was flagged for "violence".', failureType.modelRefuses],
    ['The prompt has been moderated', failureType.modelRefuses],
    ['Your account has been flagged', failureType.modelUnauthorized],
    ['Key limit exceeded', failureType.modelUnauthorized],
  ];
  for (const [message, type] of forbidden) {
    it(`is ${type} for “${message}” with status 403`, async () => {
      assert.equal((await failureFor(anError(403, { message }))).type, type);
    });
  }

  const shapes: [what: string, body: unknown][] = [
    ['an envelope', { error: { message: 'prompt is too long' } }],
    ['a text in an envelope', { error: 'prompt is too long' }],
    ['no envelope', { object: 'error', message: 'prompt is too long', code: 400 }],
    ['an array', [{ error: { code: 400, message: 'prompt is too long', status: 'INVALID_ARGUMENT' } }]],
    ['details', { detail: [{ loc: ['body'], msg: 'prompt is too long' }] }],
    [
      'the error of a provider behind',
      { error: { message: 'Provider error', metadata: { raw: 'prompt is too long' } } },
    ],
    ['a page', '<html>prompt is too long</html>'],
  ];
  for (const [what, body] of shapes) {
    it(`is found in ${what}`, async () => {
      assert.equal((await failureFor({ status: 400, body })).type, failureType.modelPromptTooLong);
    });
  }

  it('is found in what names itself, where a stream has no status', async () => {
    const error = { type: 'rate_limit_error', message: 'wait' };
    assert.equal((await failureFor(events([{ error }]))).type, failureType.modelRateLimited);
  });
});

describe('what a model takes in', () => {
  const overflows: [limitTokens: number | null, error: object][] = [
    [8_192, { message: "This model's maximum context length is 8192 tokens. However, you requested 10000 tokens" }],
    [4_096, { message: "The prompt (5000 tokens) is longer than the model's context length (4,096 tokens)." }],
    [
      4_096,
      { message: 'the request exceeds the available context size', type: 'exceed_context_size_error', n_ctx: 4_096 },
    ],
    [200_000, { message: 'prompt is too long: 213456 tokens > 200000 maximum' }],
    [1_048_576, { message: 'The input token count (1234567) exceeds the maximum number of tokens allowed (1048576).' }],
    [131_072, { message: "This model's maximum prompt length is 131072 but the request contains 537812 tokens." }],
    [32_768, { message: 'Prompt contains 40000 tokens, too large for model with 32768 maximum context length' }],
    [null, { message: 'too many tokens' }],
    [null, { message: 'maximum context length is 3 tokens' }],
    [null, { message: 'no', code: 'context_length_exceeded' }],
  ];
  for (const [limitTokens, error] of overflows) {
    it(`is ${limitTokens ?? 'left open'} for ${JSON.stringify(error)}`, async () => {
      const { type, details } = await failureFor(anError(400, error));
      assert.deepEqual([type, details], [failureType.modelPromptTooLong, [{ limitTokens }]]);
    });
  }
});

describe('the wait before the next retry', () => {
  const waits: [header: string, value: string, milliseconds: number | undefined][] = [
    ['retry-after', '7', 7_000],
    ['retry-after', '1.5', 1_500],
    ['retry-after-ms', '1500', 1_500],
    ['retry-after', '0.01', 1_000],
    ['retry-after-ms', '1', 1_000],
    ['retry-after', '999999', 3_600_000],
    ['retry-after', 'Thu, 01 Jan 2099 00:00:00 GMT', 3_600_000],
    ['retry-after', 'Thu, 01 Jan 1970 00:00:00 GMT', undefined],
    ['retry-after', '0', undefined],
    ['retry-after', '-5', undefined],
    ['retry-after', 'soon', undefined],
    ['retry-after-ms', 'soon', undefined],
    ['date', 'now', undefined],
  ];
  for (const [header, value, milliseconds] of waits) {
    it(`is ${milliseconds ?? 'left to the policy'} for ${header}: ${value}`, async () => {
      const answer = anError(429, { message: 'no' }, { [header]: value });
      assert.equal((await failureFor(answer)).nextRetryDelay, milliseconds);
    });
  }

  for (const status of [408, 409, 503]) {
    it(`is the server’s too for status ${status}`, async () => {
      const answer = anError(status, { message: 'no' }, { 'retry-after': '20' });
      assert.equal((await failureFor(answer)).nextRetryDelay, 20_000);
    });
  }
});

describe('a failure that a person has to mend', () => {
  const failures: [status: number, error: object, type: string][] = [
    [308, {}, failureType.modelNotConfigured],
    [400, {}, failureType.modelBadRequest],
    [400, { code: 'content_filter' }, failureType.modelRefuses],
    [401, {}, failureType.modelUnauthorized],
    [404, {}, failureType.modelUnknown],
    [429, { code: 'insufficient_quota' }, failureType.modelNoCredit],
    [429, { code: 'project_spend_limit_exceeded' }, failureType.modelSpendLimit],
  ];
  for (const [status, error, type] of failures) {
    it(`leaves the wait to the policy: ${type}`, async () => {
      const failure = await failureFor(anError(status, error, { 'retry-after': '1' }));
      assert.deepEqual([failure.type, failure.nextRetryDelay], [type, undefined]);
    });
  }
});

describe('the message of a failure', () => {
  it('names the server by its host, the variable of the key and the status', async () => {
    await assertSays(anError(401), /^127\.0\.0\.1:\d+ refuses the key in SOME_API_KEY \(status 401\): set it/);
  });

  it('asks for the key that is not set', async () => {
    await assertSays(anError(401), /wants a key .*: set SOME_API_KEY\.$/, { target: { apiKey: null } });
  });

  it('asks for a variable where the provider has none', async () => {
    const target = { apiKey: null, provider: { key: null } };
    await assertSays(anError(401), /keyVariable in the provider some-provider/, { target });
  });

  it('names the model that is not known, and the mend', async () => {
    await assertSays(anError(404), /"some-model".*choose one that it has, or correct the baseUrl/);
  });

  it('names the provider whose server redirects, and the mend', async () => {
    await assertSays(anError(301), /redirects: correct the baseUrl of the provider some-provider \(status 301\)\.$/);
  });

  it('names the limit that was too high', async () => {
    const answer = anError(400, { message: 'the valid range of max_tokens is [1, 8192]' });
    await assertSays(answer, /less in a reply than the 9000 tokens/, {
      request: aRequest({ mostOutputTokens: 9_000 }),
    });
  });

  it('has the codes of the error', async () => {
    const error = { message: 'x', code: 'unsupported_parameter', param: 'max_tokens' };
    await assertSays(anError(400, error), /\(status 400, unsupported_parameter, max_tokens\)/);
  });

  it('has nothing that only claims to be a code', async () => {
    for (const code of [plantedKey, 'sk-other', 'two words', 'x'.repeat(61), 'secret', '1234567']) {
      await assertSays(anError(400, { code, type: code, param: code }), /\(status 400\)/);
    }
  });

  it('has no key that the code of the error repeats', async () => {
    for (const code of ['bad key sk-secret', 'sk-secret', 'secretive_key']) {
      const { message } = await failureFor(anError(400, { code }), { target: { apiKey: 'secretive_key' } });
      assert.doesNotMatch(message, /secret/);
    }
  });

  it('names the cause where nobody takes the connection', async () => {
    assert.match((await failureOf(ask({ baseUrl: await deadBaseUrl() }))).message, /ECONNREFUSED/);
  });

  it('says that a reply broke off where tokens had come', async () => {
    await assertSays(events([chunk({ content: 'x' })], 'cut'), /broke off its reply \(ECONNRESET\)\.$/);
  });
});

describe('a form of output that a server does not know', () => {
  const refusals = {
    strictSchema: "Unsupported value: 'response_format' of type json_schema",
    schema: 'response_format.type must be text or json_object',
    toolCall: '"tool_choice" needs a parser of tool calls',
    jsonObject: 'json_object is not supported',
  } as const;
  for (const [rung, message] of Object.entries(refusals)) {
    for (const status of [400, 404, 422]) {
      it(`${rung} is stepped down from (status ${status})`, async () => {
        const request = aRequestOn(rung as keyof typeof refusals);
        const { type } = await failureFor(anError(status, { message }), { request });
        assert.equal(type, 'LanguageModel.FormatUnsupported');
      });
    }
  }

  it('is nothing to step down from where none was asked for', async () => {
    for (const request of [aRequest(), aRequestOn('text')]) {
      const { type } = await failureFor(anError(400, { message: refusals.schema }), { request });
      assert.equal(type, 'LanguageModel.BadRequest');
    }
  });

  it('may be ignored by a server, which is the reader’s to find out', async () => {
    const { ending, text } = await replyTo(aStream('No JSON at all.'), { request: aRequestOn('strictSchema') });
    assert.deepEqual({ ending, text }, { ending: 'complete', text: 'No JSON at all.' });
  });
});
