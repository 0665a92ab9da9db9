import assert from 'node:assert/strict';
import { openaiLanguageModel } from '../../activities/language-model/openai-language-model.ts';
import { deadBaseUrl, withHostileEndpoint } from '../support/hostile-endpoint.ts';
import { failureOf } from '../support/failures.ts';
import {
  aRequest,
  aRequestOn,
  aTarget,
  ask,
  failureFor,
  plantedKey,
  replyTo,
  type Question,
} from '../support/language-model-requests.ts';
import {
  aChoice,
  aCompletion,
  anError,
  aStream,
  chunk,
  events,
  servedModel,
  someUsage,
} from '../support/model-answers.ts';
import { seededRandom } from '../support/seeded-random.ts';

const done = '[DONE]';

async function received(question: Question = {}) {
  return await withHostileEndpoint(aStream('A plan.'), async (endpoint) => {
    await ask(endpoint, question);
    return endpoint.requests[0] ?? assert.fail('nothing arrived');
  });
}

const toolCall = (index: number, piece: string) => chunk({ tool_calls: [{ index, function: { arguments: piece } }] });

function* endless(delta: () => object) {
  for (;;) yield chunk(delta());
}

describe('a request to a language model', () => {
  it('is a POST to /chat/completions', async () => {
    const { method, path } = await received();
    assert.deepEqual({ method, path }, { method: 'POST', path: '/v1/chat/completions' });
  });

  it('names its prompt and carries the key', async () => {
    const { headers } = await received();
    assert.deepEqual([headers['x-longrun-prompt'], headers.authorization], ['draft-plan', `Bearer ${plantedKey}`]);
  });

  it('carries none where there is no key', async () => {
    assert.equal((await received({ target: { apiKey: null } })).headers.authorization, undefined);
  });

  it('says nothing to other servers of an organization at OpenAI', async () => {
    process.env['OPENAI_ORG_ID'] = 'org-planted';
    try {
      assert.equal((await received()).headers['openai-organization'], undefined);
    } finally {
      delete process.env['OPENAI_ORG_ID'];
    }
  });

  it('says nothing of the headers in OPENAI_CUSTOM_HEADERS', async () => {
    process.env['OPENAI_CUSTOM_HEADERS'] = 'x-planted: a secret\nauthorization: Bearer of-another-server';
    try {
      const { headers } = await received();
      assert.deepEqual([headers['x-planted'], headers.authorization], [undefined, `Bearer ${plantedKey}`]);
    } finally {
      delete process.env['OPENAI_CUSTOM_HEADERS'];
    }
  });

  it('goes to each target with the key of that target', async () => {
    const model = openaiLanguageModel();
    await withHostileEndpoint(aStream('A plan.'), async ({ baseUrl, requests }) => {
      for (const apiKey of ['first', 'second', 'first']) {
        const watch = { signal: new AbortController().signal, onProgress: () => undefined };
        await model.complete(aTarget({ apiKey, provider: { baseUrl } }), aRequest(), watch);
      }
      const keys = requests.map(({ headers }) => headers.authorization);
      assert.deepEqual(keys, ['Bearer first', 'Bearer second', 'Bearer first']);
    });
  });
});

describe('a reply of a language model', () => {
  const reply = {
    ending: 'complete',
    text: 'A plan.',
    model: servedModel,
    usage: { inputTokens: 12, outputTokens: 34, isEstimated: false },
    reportedCost: 0.0125,
  };

  it('is read from a stream', async () => {
    assert.deepEqual(await replyTo(aStream('A plan.')), reply);
  });

  it('is read from a completion', async () => {
    assert.deepEqual(await replyTo(aCompletion()), reply);
  });

  it('keeps every character', async () => {
    const text = '  Zürich → 東京 🎉\r\n\n```python\nprint("x")\n```\n';
    assert.equal((await replyTo(aStream(text))).text, text);
  });

  it('keeps every character of a cut one', async () => {
    assert.equal((await replyTo(aStream(' def f(x', { finishReason: 'length' }))).text, ' def f(x');
  });

  it('has an unknown cost where the provider does not say it', async () => {
    const { cost: _cost, ...usage } = someUsage;
    assert.equal((await replyTo(aStream('A plan.', { usage }))).reportedCost, null);
  });

  for (const usage of [null, { prompt_tokens: 0, completion_tokens: 0 }, { prompt_tokens: 'many' }]) {
    it(`has estimated tokens where the provider says ${JSON.stringify(usage)}`, async () => {
      const { usage: found } = await replyTo(aStream('eight ch', { usage }), {
        request: aRequest({ promptTokens: 70 }),
      });
      assert.deepEqual(found, { inputTokens: 70, outputTokens: 2, isEstimated: true });
    });
  }

  it('has the tokens of its thoughts, but not their text', async () => {
    const thoughts = [chunk({ reasoning_content: 'eight ch' }), chunk({ reasoning: 'eight ch' })];
    const { text, usage } = await replyTo(events([...thoughts, chunk({ content: 'four' }), chunk({}, 'stop'), done]));
    assert.deepEqual([text, usage.outputTokens], ['four', 5]);
  });

  it('has the name of the model that was asked where the server does not say it', async () => {
    assert.equal((await replyTo(aCompletion({ model: null }))).model, 'some-model');
  });

  it('is complete although what came after it broke', async () => {
    const answer = events([chunk({ content: 'A plan.' }), chunk({}, 'stop')], 'cut');
    const { ending, usage } = await replyTo(answer);
    assert.deepEqual([ending, usage.isEstimated], ['complete', true]);
  });

  const thinking = { type: 'thinking', thinking: [{ type: 'text', text: 'eight ch' }] };
  const parts = [thinking, { type: 'reference', reference_ids: [1] }, { type: 'text', text: 'four' }];

  it('is read from a stream of parts', async () => {
    const chunks = parts.map((part) => chunk({ content: [part] }));
    const { text, usage } = await replyTo(events([...chunks, chunk({}, 'stop'), done]));
    assert.deepEqual([text, usage.outputTokens], ['four', 3]);
  });

  it('is read from a completion in parts', async () => {
    assert.equal((await replyTo(aCompletion({ choices: [aChoice({ content: parts })] }))).text, 'four');
  });

  it('says what the refusal says', async () => {
    const { ending, text } = await replyTo(aCompletion({ choices: [aChoice({ content: null, refusal: 'No.' })] }));
    assert.deepEqual({ ending, text }, { ending: 'refused', text: 'No.' });
  });

  it('has what came of a filtered one', async () => {
    assert.equal((await replyTo(aStream('Half', { finishReason: 'content_filter' }))).text, 'Half');
  });

  it('has the arguments of the call as its text where a tool was to be called', async () => {
    const calls = [toolCall(0, '{"finding"'), toolCall(0, ': "x"}'), toolCall(1, '{"other": 1}')];
    for (const reason of ['tool_calls', 'function_call', 'stop']) {
      const { ending, text } = await replyTo(events([...calls, chunk({}, reason)]), {
        request: aRequestOn('toolCall'),
      });
      assert.deepEqual({ ending, text }, { ending: 'complete', text: '{"finding": "x"}' });
    }
  });

  it('is what was said where the tool was not called', async () => {
    assert.equal((await replyTo(aStream('{"finding": "x"}'), { request: aRequestOn('toolCall') })).ending, 'complete');
  });
});

describe('a reply that repeats itself', () => {
  it('is ended while it streams', async () => {
    await withHostileEndpoint(events(endless(() => ({ content: 'and again ' }))), async (endpoint) => {
      const { ending, text, usage } = await ask(endpoint);
      assert.equal(await endpoint.requests[0]?.end, 'abandoned');
      assert.deepEqual([ending, usage.isEstimated], ['runaway', true]);
      assert.ok(text.startsWith('and again and again'));
    });
  });

  it('is ended too where only its thoughts do', async () => {
    assert.equal((await replyTo(events(endless(() => ({ reasoning: 'wait, ' }))))).ending, 'runaway');
  });

  it('is ended too where it is only longer than anything', async () => {
    const random = seededRandom(1);
    const words = () => Array.from({ length: 200 }, () => random.below(36 ** 9).toString(36));
    const { ending, text } = await replyTo(events(endless(() => ({ content: words().join(' ') }))));
    assert.equal(ending, 'runaway');
    assert.ok(text.length > 2_000_000 && text.length < 2_002_000, `${text.length}`);
  });
});

describe('the progress of a reply', () => {
  it('is told in tokens so far, thoughts included', async () => {
    const told: number[] = [];
    const answer = events([chunk({ reasoning: 'eight ch' }), chunk({ content: 'four' }), chunk({}, 'stop'), done]);
    await replyTo(answer, { onProgress: (tokens) => told.push(tokens) });
    assert.deepEqual(told, [2, 3]);
  });

  it('is none where only the connection is kept alive', async () => {
    const told: number[] = [];
    const answer = events([chunk({ role: 'assistant', content: '' }), chunk({}, 'stop'), done]);
    await replyTo(answer, { onProgress: (tokens) => told.push(tokens) });
    assert.deepEqual(told, []);
  });
});

describe('the key of a language model', () => {
  it('is in no failure when nobody listens', async () => {
    const { message, cause, stack } = await failureOf(ask({ baseUrl: await deadBaseUrl() }));
    assert.ok(!`${message} ${String(cause)} ${stack}`.includes(plantedKey));
  });

  it('is not said by a failure, nor is the password of a URL', async () => {
    await withHostileEndpoint(anError(401), async (endpoint) => {
      const baseUrl = endpoint.baseUrl.replace('://', '://user:password@');
      const { message } = await failureOf(ask({ baseUrl }));
      assert.ok(!/password|user/.test(message), message);
    });
  });

  it('is not written to the log with an event that is no JSON', async () => {
    const written: unknown[] = [];
    const { error } = console;
    console.error = (...texts: unknown[]) => void written.push(texts);
    try {
      await failureFor(events([`{${plantedKey}`]));
    } finally {
      console.error = error;
    }
    assert.deepEqual(written, []);
  });
});
