import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { OutputRung } from '../../activities/language-model/output-rung.ts';

/**
 * What an endpoint does when it is asked for JSON in some way: obeys (where nothing is said), refuses with status 400,
 * ignores it and replies in Markdown with a block, or chats without any JSON.
 */
export type Manners = Partial<Record<OutputRung, 'refuses' | 'ignores' | 'chats'>>;

export interface ChoosyEndpoint {
  baseUrl: string;
  /** The rung of each request. */
  requests: OutputRung[];
}

const fields = { title: 'It', metric: { name: 'val_error', direction: 'minimize', target: null }, tasks: ['Baseline'] };
const markdown = '# Goal\n\nTry it.';

/** A language model that drafts one and the same plan, in the form that it thinks fit. */
export async function withChoosyEndpoint(
  manners: Manners,
  act: (endpoint: ChoosyEndpoint) => Promise<void>,
): Promise<void> {
  const requests: OutputRung[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const rung = rungOf(JSON.parse(Buffer.concat(parts).toString()));
      requests.push(rung);
      const { status, body } = answer(rung, manners[rung]);
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  try {
    await act({ baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, requests });
  } finally {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
}

interface ChatRequest {
  response_format?: { type: string; json_schema?: { strict?: boolean } };
  tools?: unknown[];
}

function rungOf({ response_format: format, tools }: ChatRequest): OutputRung {
  if (tools !== undefined) return 'toolCall';
  if (format?.type === 'json_object') return 'jsonObject';
  if (format?.type === 'json_schema') return format.json_schema?.strict === true ? 'strictSchema' : 'schema';
  return 'text';
}

function answer(rung: OutputRung, manner: Manners[OutputRung]): { status: number; body: object } {
  if (manner === 'refuses') {
    const what = rung === 'toolCall' ? 'tools are' : 'response_format is';
    return { status: 400, body: { error: { message: `${what} not supported by this server`, code: 400 } } };
  }
  if (manner === 'chats') return completion({ content: 'Let me think about your experiment first.' }, 'stop');
  if (manner === 'ignores' || rung === 'text') {
    return completion({ content: `${markdown}\n\n\`\`\`json\n${JSON.stringify(fields)}\n\`\`\`` }, 'stop');
  }
  const text = JSON.stringify({ markdown, ...fields });
  if (rung !== 'toolCall') return completion({ content: text }, 'stop');
  const call = { id: 'call_1', type: 'function', function: { name: 'draft_plan', arguments: text } };
  return completion({ content: null, tool_calls: [call] }, 'tool_calls');
}

function completion(message: object, finishReason: string): { status: number; body: object } {
  const choices = [{ index: 0, finish_reason: finishReason, message: { role: 'assistant', ...message } }];
  const usage = { prompt_tokens: 3000, completion_tokens: 60 };
  return { status: 200, body: { id: 'x', object: 'chat.completion', model: 'choosy', choices, usage } };
}
