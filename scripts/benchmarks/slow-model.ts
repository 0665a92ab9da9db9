import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SlowModel {
  baseUrl: string;
  /** How many requests have arrived, and are being answered. */
  inFlight(): number;
  close(): Promise<void>;
}

const tokenMilliseconds = 50;

/** Streams one short line after the other, never the same, and never comes to an end by itself. */
export async function startSlowModel(): Promise<SlowModel> {
  const answers = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      answers.add(response);
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      let line = 0;
      const timer = setInterval(() => response.write(chunkOf((line += 1))), tokenMilliseconds);
      response.on('close', () => {
        clearInterval(timer);
        answers.delete(response);
      });
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    inFlight: () => answers.size,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function chunkOf(line: number): string {
  const content = `${line} ${Math.random().toString(36).slice(2)} ${Math.random().toString(36).slice(2)}\n`;
  const choice = { index: 0, delta: { content }, finish_reason: null };
  return `data: ${JSON.stringify({ id: 'x', object: 'chat.completion.chunk', choices: [choice] })}\n\n`;
}
