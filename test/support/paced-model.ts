import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request that waits for the test to say how its reply goes on. */
export interface PacedCall {
  prompt: string;
  body: string;
  /** Streams a part of the reply. */
  say(text: string): void;
  /** Ends it as a complete reply; resolves when all of it is with the operating system. */
  finish(): Promise<void>;
}

export interface PacedModel {
  baseUrl: string;
  /** Every request so far, oldest first. */
  calls: PacedCall[];
  close(): Promise<void>;
}

/** A language model that says nothing by itself, so that a test can stop the world between any two words of it. */
export async function startPacedModel(): Promise<PacedModel> {
  const calls: PacedCall[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      const prompt = String(request.headers['x-longrun-prompt']);
      calls.push(pacedCall({ prompt, body: Buffer.concat(parts).toString() }, response));
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    calls,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function pacedCall(asked: Pick<PacedCall, 'prompt' | 'body'>, response: ServerResponse): PacedCall {
  const send = (delta: object, finishReason: string | null): void => {
    const chunk = { id: 'x', model: 'paced', choices: [{ index: 0, delta, finish_reason: finishReason }] };
    response.write(`data: ${JSON.stringify(chunk)}\n\n`);
  };
  return {
    ...asked,
    say: (text) => send({ content: text }, null),
    async finish() {
      send({}, 'stop');
      response.write(
        `data: ${JSON.stringify({ id: 'x', choices: [], usage: { prompt_tokens: 5000, completion_tokens: 50 } })}\n\n`,
      );
      await new Promise<void>((resolve) => response.end('data: [DONE]\n\n', resolve));
    },
  };
}
