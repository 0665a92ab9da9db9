import { APIError } from 'openai';
import { _iterSSEMessages as serverSentEvents } from 'openai/core/streaming';
import type { GatheredReply, ReplyGatherer } from './reply-gatherer.ts';
import { NoCompletion } from './language-model-failure.ts';
import { isEventStream } from './patient-fetch.ts';
import { errorIn } from './provider-error.ts';

export interface ResponseReader {
  gatherer: ReplyGatherer;
  onToken: () => void;
  /** A part of an answer that comes in one piece. */
  onLife: () => void;
}

/**
 * Reads a response to its end, or until its reply repeats itself, or is whole and nothing comes any more, whichever is
 * first. Throws what is in the way of it, of which much is only a reason to look at what was gathered: an error after the
 * finish reason takes nothing away from the reply.
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

/** Not the stream of the client: it logs what it cannot read, reads on after the end, and drops the usage beside an error. */
async function readStream(response: Response, reader: ResponseReader): Promise<void> {
  const { reply } = reader.gatherer;
  // Its own controller would only end the response, which the caller does whatever happens.
  const events = serverSentEvents(response, new AbortController());
  while (!reply.isRunaway) {
    const next = events.next();
    const event = await (mayBeOver(reply) ? unlessSilent(next) : next);
    if (event === null || event.done === true || event.value.data.startsWith('[DONE]')) return;
    addCompletion(JSON.parse(event.value.data), response, reader);
  }
}

/** A server may leave the connection open. */
const silenceAfterReplySeconds = 2;

/** All has come, unless the server is one that says so with each chunk. */
function mayBeOver({ finishReason, isFinishReasonPremature, usage, characters }: GatheredReply): boolean {
  return finishReason !== null && !isFinishReasonPremature && usage !== null && characters > 0;
}

/** Null where nothing comes. */
async function unlessSilent<T>(next: Promise<T>): Promise<T | null> {
  next.catch(() => undefined); // When nobody waits for it any more, it fails with the end of the request.
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), silenceAfterReplySeconds * 1000);
  });
  return await Promise.race([next, silence]).finally(() => clearTimeout(timer));
}

function addCompletion(completion: unknown, response: Response, { gatherer, onToken }: ResponseReader): void {
  gatherer.addUsage(completion);
  const error = errorIn(completion);
  if (error !== null) throw new APIError(undefined, Object(error), undefined, response.headers);
  if (gatherer.add(completion)) onToken();
}
