import type { OutputRung } from '../../activities/language-model/output-rung.ts';
import { withHostileEndpoint, type Answer } from './hostile-endpoint.ts';
import { aChoice, aCompletion, anError } from './model-answers.ts';

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
  await withHostileEndpoint(
    ({ body }) => {
      const rung = rungOf(body as ChatRequest);
      requests.push(rung);
      return answerOn(rung, manners[rung]);
    },
    ({ baseUrl }) => act({ baseUrl, requests }),
  );
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

function answerOn(rung: OutputRung, manner: Manners[OutputRung]): Answer {
  if (manner === 'refuses') {
    const what = rung === 'toolCall' ? 'tools are' : 'response_format is';
    return anError(400, { message: `${what} not supported by this server`, code: 400 });
  }
  if (manner === 'chats') return aReply({ content: 'Let me think about your experiment first.' });
  if (manner === 'ignores' || rung === 'text') {
    return aReply({ content: `${markdown}\n\n\`\`\`json\n${JSON.stringify(fields)}\n\`\`\`` });
  }
  const text = JSON.stringify({ markdown, ...fields });
  if (rung !== 'toolCall') return aReply({ content: text });
  const call = { id: 'call_1', type: 'function', function: { name: 'draft_plan', arguments: text } };
  return aReply({ content: null, tool_calls: [call] }, 'tool_calls');
}

/** With a count of tokens that holds the whole prompt: a smaller one would say that it was cut. */
function aReply(message: object, finishReason = 'stop'): Answer {
  const usage = { prompt_tokens: 3000, completion_tokens: 60 };
  return aCompletion({ choices: [aChoice(message, finishReason)], usage });
}
