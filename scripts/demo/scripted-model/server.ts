import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { problemsOf } from '../../../workflows/schema/problems.ts';
import { chatRequestSchema, completion, completionChunks, type ChatRequest } from './chat-completion.ts';
import { UnreadablePrompt } from './read-prompt.ts';
import { isPromptName, promptNames, writeReply } from './write-reply.ts';

export interface ScriptedModelServer {
  baseUrl: string;
  close(): Promise<void>;
}

const modelName = 'scripted-researcher';
const largestBodyBytes = 8 * 1024 * 1024;

/** A request that cannot be answered, with the status that says so. */
class Refusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/**
 * Serves the scripted model on 127.0.0.1; port 0 takes a free one. It keeps no state and asks for no key. Any name of a
 * model is taken; tools, several choices and contents that are no plain text are not covered.
 */
export async function startServer(port: number): Promise<ScriptedModelServer> {
  const server = createServer((request, response) => void respond(request, response));
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address() as AddressInfo;
  return { baseUrl: `http://127.0.0.1:${address.port}/v1`, close: () => close(server) };
}

async function close(server: Server): Promise<void> {
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
}

async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    await route(request, response);
  } catch (error) {
    const status = error instanceof Refusal ? error.status : error instanceof UnreadablePrompt ? 400 : 500;
    const message = error instanceof Error ? error.message : String(error);
    const hasSenderGone = !request.complete && request.destroyed;
    if (hasSenderGone) return;
    if (status === 500) console.error(error);
    sendError(response, status, message);
  }
}

async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = (request.url ?? '').split('?')[0];
  const place = `${request.method} ${path}`;
  if (place === 'GET /v1/models') return sendJson(response, 200, models);
  if (place !== 'POST /v1/chat/completions') throw new Refusal(404, `There is nothing at ${place}.`);

  const body = await readBody(request);
  const prompt = request.headers['x-longrun-prompt'];
  if (typeof prompt !== 'string' || !isPromptName(prompt)) {
    throw new Refusal(
      400,
      `The header X-Longrun-Prompt is "${String(prompt ?? '')}", it must be one of ${promptNames.join(', ')}.`,
    );
  }
  const chat = parseBody(body);
  const reply = writeReply(prompt, chat.messages.findLast(({ role }) => role === 'user')?.content ?? '');
  if (chat.stream === true) sendStream(response, completionChunks(chat, reply));
  else sendJson(response, 200, completion(chat, reply));
}

const models = { object: 'list', data: [{ id: modelName, object: 'model', created: 0, owned_by: 'longrun' }] };

/** Reads a body that is too large to its end, since a sender sees no answer before it has sent everything. */
async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes <= largestBodyBytes) parts.push(part);
  }
  if (bytes > largestBodyBytes) throw new Refusal(400, `The body has more than ${largestBodyBytes} bytes.`);
  return Buffer.concat(parts).toString('utf8');
}

function parseBody(body: string): ChatRequest {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch (error) {
    throw new Refusal(400, `The body is not JSON: ${error instanceof Error ? error.message : 'unknown'}.`);
  }
  const parsed = chatRequestSchema.safeParse(value);
  if (!parsed.success)
    throw new Refusal(400, `The body is no chat request: ${problemsOf(parsed.error, 'body').join('; ')}.`);
  if (!parsed.data.messages.some(({ role }) => role === 'user')) {
    throw new Refusal(400, 'The body is no chat request: messages has none with the role "user".');
  }
  return parsed.data;
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

function sendError(response: ServerResponse, status: number, message: string): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const type = status === 500 ? 'server_error' : 'invalid_request_error';
  sendJson(response, status, { error: { message, type, param: null, code: null } });
}

function sendStream(response: ServerResponse, chunks: readonly unknown[]): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  for (const chunk of chunks) response.write(`data: ${JSON.stringify(chunk)}\n\n`);
  response.end('data: [DONE]\n\n');
}
