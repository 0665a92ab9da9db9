import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedPost {
  method: string;
  path: string;
  headers: Record<string, string>;
  text: string;
}

type Answer = number | 'nothing' | 'endless';

export interface Receiver {
  url(): string;
  /** How it answers from now on; with 204 unless told otherwise. */
  answer(status: Answer, headers?: Record<string, string>): void;
  received(): ReceivedPost[];
  /** In the place of a request that did not come. */
  nothing: ReceivedPost;
}

/** Whom a webhook tells: a real server for each test. Call it inside of `describe`: its hooks are that suite's. */
export function openReceiver(): Receiver {
  let posts: ReceivedPost[] = [];
  let answer: { status: Answer; headers: Record<string, string> };
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (part: string) => (text += part));
    request.on('end', () => {
      const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
      posts.push({ method: request.method ?? '', path: request.url ?? '', headers, text });
      reply(response, answer.status, answer.headers);
    });
  });
  before(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  beforeEach(() => {
    posts = [];
    answer = { status: 204, headers: {} };
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    answer: (status, headers = {}) => void (answer = { status, headers }),
    received: () => posts,
    nothing: { method: '', path: '', headers: {}, text: '' },
  };
}

function reply(response: ServerResponse, status: Answer, headers: Record<string, string>): void {
  if (status === 'nothing') return;
  if (status !== 'endless') {
    response.writeHead(status, headers).end();
    return;
  }
  response.writeHead(200);
  const timer = setInterval(() => response.write('x'.repeat(65_536)), 1);
  response.on('close', () => clearInterval(timer));
}
