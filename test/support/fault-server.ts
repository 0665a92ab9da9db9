import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedRequest {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: unknown;
}

/** `reset` cuts the connection, `half` sends the beginning of an answer and then cuts it, `silence` never answers. */
export type Answer =
  { status: number; headers?: Record<string, string>; body?: unknown } | 'reset' | 'half' | 'silence';

export interface FaultServer {
  /** The base URL of its language-model API. */
  baseUrl: string;
  requests: ReceivedRequest[];
}

/** A real server on 127.0.0.1 that gives one and the same answer to every request, while `act` runs. */
export async function withFaultServer<T>(
  answer: Answer | (() => Answer),
  act: (server: FaultServer) => Promise<T>,
): Promise<T> {
  const requests: ReceivedRequest[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request;
      requests.push({ method, path, headers, body: JSON.parse(Buffer.concat(chunks).toString()) });
      give(typeof answer === 'function' ? answer() : answer, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await act({ baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, requests });
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

function give(answer: Answer, response: ServerResponse): void {
  if (answer === 'silence') return;
  if (answer === 'reset') {
    response.socket?.resetAndDestroy();
    return;
  }
  if (answer === 'half') {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
    response.write('{"choices": [', () => response.socket?.destroy());
    return;
  }
  const { status, headers = {}, body = '' } = answer;
  const type = typeof body === 'string' ? 'text/html' : 'application/json';
  response.writeHead(status, { 'content-type': type, ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

/** The base URL of a port on which nobody listens. */
export async function deadBaseUrl(): Promise<string> {
  return await withFaultServer('silence', async ({ baseUrl }) => baseUrl);
}
