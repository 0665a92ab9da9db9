import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { commandContext, withClient } from '../../scripts/command-context.ts';
import { startServer } from '../../scripts/demo/scripted-model/server.ts';
import { startEverything } from '../../scripts/start-everything.ts';
import { taskQueue } from '../../workflows/domain/task-queue.ts';
import type { experiment } from '../../workflows/experiment.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const key = 'planted-key-Zq8vK2mWx4Rt7Lp1';

describe('the key of a provider', function () {
  this.timeout(120_000);
  const folder = temporaryFolder();

  it('is sent with each request, and is nowhere on disk, in the history or in a log', async () => {
    const environment = {
      ...process.env,
      LONGRUN_HOME: join(folder(), 'experiments'),
      LONGRUN_STATE: join(folder(), 'state'),
      LAB_ACCESS: key,
      LONGRUN_MODEL: 'lab/tattling',
      LONGRUN_MODELS_FILE: join(folder(), 'models.yaml'),
    };
    await withTattlingModel(async (baseUrl, keysSeen) => {
      const models = `providers: { lab: { baseUrl: '${baseUrl}', keyVariable: LAB_ACCESS } }\n`;
      writeFileSync(environment.LONGRUN_MODELS_FILE, models);
      await runExperiment(environment);
      assert.deepEqual([...keysSeen()], [`Bearer ${key}`]);
    });
    assert.deepEqual(filesWith(folder(), [key, Buffer.from(key).toString('base64')]), []);
  });
});

/** One experiment of one trial, with everything that it needs in processes of its own. */
async function runExperiment(environment: NodeJS.ProcessEnv): Promise<void> {
  const never = new Promise<void>(() => undefined);
  const options = { port: 0, uiPort: 0, environment, interrupted: never };
  const everything = await startEverything(commandContext(environment), options);
  try {
    const idea = 'Recognise digits. The number that counts is `val_error`; bring it to at most 2.0.';
    await withClient(everything.context, async (client) => {
      const input = { idea, budget: { trials: 1 } };
      const start = { taskQueue: taskQueue.experiments, workflowId: 'digits' };
      await client.workflow.execute<typeof experiment>('experiment', { ...start, args: [input] });
    });
  } finally {
    await everything.stop();
  }
}

/** A model that knows its trade, but answers each new prompt with the key in an error first, and then in its reply. */
async function withTattlingModel(act: (baseUrl: string, keysSeen: () => Set<string>) => Promise<void>): Promise<void> {
  const scripted = await startServer(0);
  const known = new Set<string>();
  const keys = new Set<string>();
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await textOf(request);
    const prompt = String(request.headers['x-longrun-prompt']);
    const authorization = String(request.headers.authorization);
    keys.add(authorization);
    if (!known.has(prompt)) {
      known.add(prompt);
      const error = {
        message: `${authorization} is overloaded`,
        type: authorization,
        param: authorization,
        code: authorization,
      };
      response.writeHead(500, { 'content-type': 'application/json' }).end(JSON.stringify({ error }));
      return;
    }
    const headers = { 'content-type': 'application/json', 'x-longrun-prompt': prompt };
    const answered = await fetch(`${scripted.baseUrl}/chat/completions`, {
      method: 'POST',
      headers,
      body: unstreamed(body),
    });
    const completion = (await answered.json()) as { choices: { message: { content: string } }[] };
    for (const { message } of completion.choices) {
      if (prompt === 'summarize-log') message.content += `\n\nThe key was ${authorization}.`;
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(completion));
  };
  const server = createServer((request, response) => void answer(request, response));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  try {
    await act(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, () => keys);
  } finally {
    server.closeAllConnections();
    server.close();
    await scripted.close();
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of request) text += String(part);
  return text;
}

function unstreamed(body: string): string {
  const { stream: _stream, stream_options: _options, ...rest } = JSON.parse(body) as Record<string, unknown>;
  return JSON.stringify(rest);
}

/** Every file below that has one of the texts in it: transcripts, reports, logs of the workers, the server's database. */
function filesWith(folder: string, texts: string[]): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => {
      const content = readFileSync(file, 'latin1');
      return texts.some((text) => content.includes(text));
    });
}
