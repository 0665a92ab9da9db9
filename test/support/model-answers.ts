import type { ScriptedAnswer } from './hostile-endpoint.ts';

export const servedModel = 'some-model-2026';
export const someUsage = { prompt_tokens: 12, completion_tokens: 34, total_tokens: 46, cost: 0.0125 };

type Ending = NonNullable<ScriptedAnswer['ending']>;

/** A complete reply as a stream, in pieces of a few characters, its usage in a last chunk without choices. */
export function aStream(
  text: string,
  { finishReason = 'stop', usage = someUsage }: { finishReason?: string; usage?: object | null } = {},
) {
  const pieces = text.match(/[\s\S]{1,7}/g) ?? [];
  return events([
    chunk({ role: 'assistant', content: '' }),
    ...pieces.map((content) => chunk({ content })),
    chunk({}, finishReason),
    ...(usage === null ? [] : [{ ...chunk({}), choices: [], usage }]),
    '[DONE]',
  ]);
}

/** Server-sent events: a text as it is, anything else as JSON. The same for each request where `data` can be iterated again. */
export function events(data: Iterable<unknown>, ending: Ending = 'end'): ScriptedAnswer {
  return {
    headers: { 'content-type': 'text/event-stream; charset=utf-8' },
    pieces: { [Symbol.iterator]: () => encoded(data) },
    ending,
  };
}

function* encoded(data: Iterable<unknown>): Generator<string> {
  for (const each of data) yield `data: ${typeof each === 'string' ? each : JSON.stringify(each)}\n\n`;
}

export function chunk(delta: object, finishReason: string | null = null) {
  const choice = { index: 0, delta, finish_reason: finishReason };
  return { id: 'x', object: 'chat.completion.chunk', model: servedModel, choices: [choice] };
}

/** A reply in one piece, as servers give it that ignore `stream`. */
export function aCompletion(changes: object = {}): ScriptedAnswer {
  return {
    body: {
      id: 'x',
      object: 'chat.completion',
      model: servedModel,
      choices: [aChoice()],
      usage: someUsage,
      ...changes,
    },
  };
}

export function aChoice(message: object = { content: 'A plan.' }, finishReason: string | null = 'stop') {
  return { index: 0, finish_reason: finishReason, message: { role: 'assistant', ...message } };
}

export function anError(status: number, error: unknown = { message: 'no' }, headers = {}): ScriptedAnswer {
  return { status, headers, body: { error } };
}
