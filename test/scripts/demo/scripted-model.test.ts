import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import OpenAI from 'openai';
import { countTokens } from '../../../activities/language-model/count-tokens.ts';
import { composeMessages, loadPrompts } from '../../../activities/language-model/prompt-library.ts';
import { planReplySchema } from '../../../workflows/schema/plan-settings.ts';
import { parseObject } from '../../../activities/parse-object.ts';
import { startServer } from '../../../scripts/demo/scripted-model/server.ts';
import { anIdea } from './laboratory.ts';
import { research } from './research.ts';

const prompts = loadPrompts(fileURLToPath(new URL('../../../prompts', import.meta.url)));
const inputs = {
  host: '- 1 CPU cores, 2 GB of memory, 3 GB of disk free',
  idea: anIdea,
  'required metric': null,
  'what people said': null,
};
const { messages } = composeMessages(prompts.get('draft-plan'), inputs, Infinity);
const chat = { model: 'any-name', messages };
const chatOf = (content: string) => ({ model: 'any-name', messages: [{ role: 'user', content }] });

async function errorOf(response: Response): Promise<{ status: number; message: string; type: string }> {
  const { error } = (await response.json()) as { error: { message: string; type: string } };
  return { status: response.status, message: error.message, type: error.type };
}

describe('the server of the scripted model', () => {
  const served = research();

  async function post(body: unknown, prompt: string | null = 'draft-plan'): Promise<Response> {
    return await fetch(`${served.baseUrl}/chat/completions`, {
      method: 'POST',
      headers: prompt === null ? {} : { 'X-Longrun-Prompt': prompt },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  }

  const openai = (): OpenAI =>
    new OpenAI({
      baseURL: served.baseUrl,
      apiKey: 'none',
      maxRetries: 0,
      defaultHeaders: { 'X-Longrun-Prompt': 'draft-plan' },
    });

  it('answers a request in the shape of the API, with a reply that can be parsed', async () => {
    const completion = await openai().chat.completions.create(chat);
    assert.equal(completion.choices[0]?.finish_reason, 'stop');
    assert.equal(completion.model, 'any-name');
    const reply = completion.choices[0]?.message.content ?? '';
    assert.equal(parseObject(reply, planReplySchema).kind, 'usable');
  });

  it('streams the very same text, in several parts and with its ending', async () => {
    const whole = await openai().chat.completions.create(chat);
    const stream = await openai().chat.completions.create({
      ...chat,
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks: OpenAI.ChatCompletionChunk[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    const parts = chunks.flatMap(({ choices }) => choices);
    assert.ok(parts.length > 3);
    assert.equal(parts.map(({ delta }) => delta.content ?? '').join(''), whole.choices[0]?.message.content);
    assert.equal(parts.at(-1)?.finish_reason, 'stop');
    assert.deepEqual(chunks.at(-1)?.usage, whole.usage);
  });

  it('ends a stream with [DONE], and leaves out the usage that nobody asked for', async () => {
    const text = await (await post({ ...chat, stream: true })).text();
    assert.ok(text.endsWith('\n\ndata: [DONE]\n\n'));
    assert.doesNotMatch(text, /"usage"/);
  });

  it('counts the tokens of the request and of the reply', async () => {
    const { usage, choices } = await openai().chat.completions.create(chat);
    const read = messages.reduce((sum, { content }) => sum + countTokens(content), 0);
    const written = countTokens(choices[0]?.message.content ?? '');
    assert.deepEqual(usage, { prompt_tokens: read, completion_tokens: written, total_tokens: read + written });
  });

  it('gives equal requests equal answers, byte for byte', async () => {
    assert.equal(await (await post(chat)).text(), await (await post(chat)).text());
  });

  it('gives the same answer after it was started again', async () => {
    const other = await startServer(0);
    try {
      const options = { method: 'POST', headers: { 'X-Longrun-Prompt': 'draft-plan' }, body: JSON.stringify(chat) };
      const answer = await fetch(`${other.baseUrl}/chat/completions`, options);
      assert.equal(await answer.text(), await (await post(chat)).text());
    } finally {
      await other.close();
    }
  });

  it('lists its model', async () => {
    const { data } = await openai().models.list();
    assert.deepEqual(
      data.map(({ id }) => id),
      ['scripted-researcher'],
    );
  });

  describe('refuses with status 400', () => {
    const cases: [name: string, body: unknown, prompt: string | null, message: RegExp][] = [
      ['a prompt that it does not know', chat, 'write-poem', /"write-poem".*draft-plan/],
      ['a name that every object has', chat, 'constructor', /"constructor"/],
      ['a request without a prompt', chat, null, /X-Longrun-Prompt is ""/],
      ['a body that is not JSON', '{"model": ', 'draft-plan', /not JSON/],
      ['a body without messages', { model: 'm' }, 'draft-plan', /messages/],
      ['an empty list of messages', { model: 'm', messages: [] }, 'draft-plan', /messages/],
      ['a body without a model', { messages }, 'draft-plan', /model/],
      [
        'a content that is not text',
        { model: 'm', messages: [{ role: 'user', content: [] }] },
        'draft-plan',
        /content/,
      ],
      ['messages without one of a user', { model: 'm', messages: messages.slice(0, 1) }, 'draft-plan', /role "user"/],
      ['a message without sections', chatOf('Hello!'), 'draft-plan', /Line 1 .* section/],
      ['a section that is not closed', chatOf('# idea\n\n~~~\nDigits.'), 'draft-plan', /"idea" .* not closed/],
      ['a message that lacks a section', chatOf('# idea\n\n~~~\nDigits.\n~~~'), 'draft-plan', /no section "host"/],
      ['a metric that it cannot read', chatOf('# metric\n\n~~~\nbest\n~~~'), 'summarize-log', /"best"/],
    ];
    for (const [name, body, prompt, message] of cases) {
      it(name, async () => {
        const error = await errorOf(await post(body, prompt));
        assert.equal(error.status, 400);
        assert.equal(error.type, 'invalid_request_error');
        assert.match(error.message, message);
      });
    }

    it('a body that is too large', async () => {
      const error = await errorOf(await post(chatOf('x'.repeat(9 * 1024 * 1024))));
      assert.equal(error.status, 400);
    });
  });

  it('survives a request whose sender goes away', async () => {
    const { port } = new URL(served.baseUrl);
    const half = request({ port, method: 'POST', path: '/v1/chat/completions', headers: { 'content-length': 1000 } });
    half.on('error', () => undefined);
    half.write('{');
    await once(half, 'socket');
    half.destroy();
    assert.equal((await post(chat)).status, 200);
  });

  const nowhere: [method: string, path: string][] = [
    ['GET', '/v1/chat/completions'],
    ['POST', '/v1/embeddings'],
    ['DELETE', '/v1/models'],
    ['GET', '/'],
  ];
  for (const [method, path] of nowhere) {
    it(`answers ${method} ${path} with status 404 and an error`, async () => {
      const error = await errorOf(await fetch(new URL(path, served.baseUrl), { method }));
      assert.equal(error.status, 404);
      assert.match(error.message, /There is nothing at/);
    });
  }
});

describe('the process of the scripted model', () => {
  const entry = fileURLToPath(new URL('../../../scripts/demo/scripted-model.ts', import.meta.url));
  const children: ChildProcess[] = [];
  afterEach(() => children.splice(0).forEach((child) => child.kill('SIGKILL')));

  function start(port: string): ChildProcess {
    const child = spawn(process.execPath, ['--import', 'tsx', entry, '--port', port], { stdio: 'pipe' });
    children.push(child);
    return child;
  }

  it('says where it listens, and ends on SIGTERM with status 0', async () => {
    const child = start('0');
    const [line] = (await once(createInterface(child.stdout!), 'line')) as [string];
    const ready = JSON.parse(line) as { event: string; baseUrl: string };
    assert.equal(ready.event, 'ready');
    assert.match(ready.baseUrl, /^http:\/\/127\.0\.0\.1:\d+\/v1$/);
    assert.equal((await fetch(`${ready.baseUrl}/models`)).status, 200);
    child.kill('SIGTERM');
    assert.deepEqual(await once(child, 'exit'), [0, null]);
  });

  it('refuses a port that is none', async () => {
    const child = start('many');
    const [line] = (await once(createInterface(child.stderr!), 'line')) as [string];
    assert.match(line, /--port must be a whole number .* not "many"/);
    assert.deepEqual(await once(child, 'exit'), [2, null]);
  });
});
