import { APIError, type OpenAI } from 'openai';
import { Stream } from 'openai/core/streaming';
import type { ReplyGatherer } from './reply-gatherer.ts';
import { NoCompletion } from './language-model-failure.ts';
import { isEventStream } from './patient-fetch.ts';
import { errorIn } from './provider-error.ts';

export interface ResponseReader {
  /** Only for its settings: none of what a stream holds is logged. */
  client: OpenAI;
  gatherer: ReplyGatherer;
  onToken: () => void;
  /** A part of an answer that comes in one piece. */
  onLife: () => void;
}

/**
 * Reads a response until its reply is whole, repeats itself, or the response ends, whichever is first. Throws what is in
 * the way of it, of which much is only a reason to look at what was gathered: an error after the finish reason takes
 * nothing away from the reply.
 */
export async function readResponse(response: Response, reader: ResponseReader): Promise<void> {
  if (isEventStream(response.headers)) return await readStream(response, reader);
  if (!isJson(response.headers)) throw new NoCompletion();
  addCompletion(JSON.parse(await readText(response, reader)), response, reader);
}

/** Servers that ignore `stream` answer with a completion. */
function isJson(headers: Headers): boolean {
  return /^application\/([\w.-]+\+)?json\b/i.test(headers.get('content-type') ?? '');
}

/** Blanks only keep the connection alive. */
async function readText(response: Response, { onLife }: ResponseReader): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const bytes of response.body ?? []) {
    const piece = decoder.decode(bytes, { stream: true });
    text += piece;
    if (piece.trim() !== '') onLife();
  }
  return text + decoder.decode();
}

async function readStream(response: Response, reader: ResponseReader): Promise<void> {
  const { reply } = reader.gatherer;
  // Its own controller would only end the response, which the caller does whatever happens.
  const chunks = Stream.fromSSEResponse<unknown>(response, new AbortController(), reader.client);
  for await (const chunk of chunks) {
    addCompletion(chunk, response, reader);
    // A server may leave the connection open; the usage comes with the finish reason or after it.
    if (reply.isRunaway || (reply.finishReason !== null && reply.usage !== null)) return;
  }
}

function addCompletion(completion: unknown, response: Response, { gatherer, onToken }: ResponseReader): void {
  const error = errorIn(completion);
  if (error !== null) throw new APIError(undefined, Object(error), undefined, response.headers);
  if (gatherer.add(completion)) onToken();
}
