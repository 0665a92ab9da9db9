import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What is answered: as a whole, or piece by piece with an end that may be none. */
export interface ScriptedAnswer {
  status?: number;
  headers?: Record<string, string>;
  /** A text is a page; anything else is JSON. */
  body?: unknown;
  /** In its place; they may be endless, until the client goes. */
  pieces?: Iterable<string>;
  /** `cut` breaks the connection, `stall` leaves it open without another word. */
  ending?: 'end' | 'cut' | 'stall';
}

/** `reset` breaks the connection without an answer, `silence` never answers. */
export type Answer = ScriptedAnswer | 'reset' | 'silence';

export interface ReceivedRequest {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: unknown;
  /** Whether the whole answer was given or the connection ended before. */
  end: Promise<'answered' | 'abandoned'>;
}

export interface HostileEndpoint {
  /** The base URL of its language-model API. */
  baseUrl: string;
  requests: ReceivedRequest[];
}

/** A real server on 127.0.0.1 while `act` runs. It gives the same answer to each request, or what a function says. */
export async function withHostileEndpoint<T>(
  answer: Answer | ((request: ReceivedRequest, index: number) => Answer),
  act: (endpoint: HostileEndpoint) => Promise<T>,
): Promise<T> {
  const requests: ReceivedRequest[] = [];
  const server = createServer((request, response) => {
    void serve(request, response);
  });
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const received = await receive(request, response);
    requests.push(received);
    await give(typeof answer === 'function' ? answer(received, requests.length - 1) : answer, response);
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await act({ baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, requests });
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

/** The base URL of a port on which nobody listens. */
export async function deadBaseUrl(): Promise<string> {
  return await withHostileEndpoint('silence', async ({ baseUrl }) => baseUrl);
}

async function receive(request: IncomingMessage, response: ServerResponse): Promise<ReceivedRequest> {
  const end = once(response, 'close').then(() => (response.writableFinished ? 'answered' : 'abandoned'));
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  const { method = '', url: path = '', headers } = request;
  return { method, path, headers, body: text === '' ? null : JSON.parse(text), end };
}

async function give(answer: Answer, response: ServerResponse): Promise<void> {
  if (answer === 'silence') return;
  if (answer === 'reset') {
    response.socket?.resetAndDestroy();
    return;
  }
  const { status = 200, headers, body = '', pieces, ending = 'end' } = answer;
  const type = typeof body === 'string' ? 'text/html' : 'application/json';
  response.writeHead(status, { 'content-type': type, ...headers });
  response.flushHeaders();
  for (const piece of pieces ?? [typeof body === 'string' ? body : JSON.stringify(body)]) {
    if (response.destroyed) return;
    if (!response.write(piece)) await drained(response);
  }
  if (ending === 'end') response.end();
  if (ending === 'cut') response.socket?.end();
}

/** Or given up by the client. */
async function drained(response: ServerResponse): Promise<void> {
  await new Promise<void>((resolve) => {
    const settle = () => {
      response.off('drain', settle).off('close', settle);
      resolve();
    };
    response.on('drain', settle).on('close', settle);
  });
}
