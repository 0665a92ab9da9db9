import OpenAI from 'openai';
import { replyGatherer } from './reply-gatherer.ts';
import { estimatedTokens, hasAnything, judgeReply, usageOf } from './judge-reply.ts';
import { NoCompletion, toLanguageModelFailure } from './language-model-failure.ts';
import type { LanguageModel, LanguageModelReply, LanguageModelRequest, Watch } from './language-model.ts';
import type { ModelTarget } from './model-target.ts';
import { isEventStream, patientFetch } from './patient-fetch.ts';
import { isOpenaiItself } from './providers.ts';
import { withReadableError } from './provider-error.ts';
import { readResponse } from './read-response.ts';
import { replyDeadlines } from './reply-deadlines.ts';
import { requestBody } from './request-body.ts';

/** Any server that speaks `POST {baseUrl}/chat/completions`. */
export function openaiLanguageModel(): LanguageModel {
  const clients = new Map<string, OpenAI>();
  const clientOf = ({ provider: { baseUrl }, apiKey }: ModelTarget) => {
    const key = JSON.stringify([baseUrl, apiKey]);
    const client = clients.get(key) ?? createClient(baseUrl, apiKey);
    clients.set(key, client);
    return client;
  };
  return {
    complete: async (target, request, watch) => await complete({ client: clientOf(target), target, request }, watch),
  };
}

/** Node's longest timer: the client's own time-out covers no body, ours cover all. */
const never = 2 ** 31 - 1;

function createClient(baseURL: string, apiKey: string | null): OpenAI {
  // The client would send the headers in it to every server, also in place of the key, and has no option against that.
  delete process.env['OPENAI_CUSTOM_HEADERS'];
  return new OpenAI({
    baseURL,
    apiKey: apiKey ?? 'none',
    // No key: nothing is sent, not the client's placeholder.
    defaultHeaders: apiKey === null ? { Authorization: null } : {},
    // The client takes them from the environment for every server.
    ...(isOpenaiItself({ baseUrl: baseURL }) ? {} : { organization: null, project: null }),
    maxRetries: 0,
    timeout: never,
    // It would log bodies.
    logLevel: 'off',
    fetch: async (url, init) => await withReadableError(await patientFetch(url, init)),
  });
}

interface AddressedRequest {
  client: OpenAI;
  target: ModelTarget;
  request: LanguageModelRequest;
}

async function complete({ client, target, request }: AddressedRequest, watch: Watch): Promise<LanguageModelReply> {
  const deadlines = replyDeadlines(target.provider.timeouts, watch.signal);
  const gatherer = replyGatherer();
  const { reply } = gatherer;
  const onToken = () => {
    deadlines.tokenArrived();
    watch.onProgress(estimatedTokens(reply.characters));
  };
  let hasStreamBegun = false;
  let problem: unknown = new NoCompletion();
  try {
    const response = await send({ client, target, request }, deadlines.signal);
    hasStreamBegun = isEventStream(response.headers);
    await readResponse(response, { gatherer, onToken, onLife: deadlines.tokenArrived });
  } catch (error) {
    problem = error; // A reply that is complete without what has gone wrong is a reply nonetheless.
    gatherer.breakOff();
  } finally {
    deadlines.close();
  }
  watch.signal.throwIfAborted();
  const passedDeadline = deadlines.passed();
  const judged = judgeReply(reply, target, request);
  if (judged !== null) return judged;
  // A model may have thought unseen until then.
  const isPaid = hasAnything(reply) || (hasStreamBegun && passedDeadline !== null);
  const paid = isPaid ? { usage: usageOf(reply, target, request), reportedCost: reply.cost } : null;
  throw toLanguageModelFailure(problem, { target, request, passedDeadline, paid });
}

async function send({ client, target, request }: AddressedRequest, signal: AbortSignal): Promise<Response> {
  const headers = { 'X-Longrun-Prompt': request.prompt };
  return await client.chat.completions.create(requestBody(target, request), { headers, signal }).asResponse();
}
