import OpenAI from 'openai';
import { z } from 'zod';
import type { LanguageModel, LanguageModelReply, LanguageModelRequest } from './language-model.ts';
import { incompleteReply, noCompletion, toLanguageModelFailure } from './language-model-failure.ts';

export interface Endpoint {
  /** Without a trailing `/chat/completions`. */
  baseUrl: string;
  /** Local servers need none. */
  apiKey: string | null;
}

/** A slow reasoning model may be silent for minutes; after this long the request is given up and asked anew. */
const totalMilliseconds = 15 * 60 * 1000;

/** Any server that speaks `POST {baseUrl}/chat/completions`. */
export function openaiLanguageModel({ baseUrl, apiKey }: Endpoint): LanguageModel {
  const client = new OpenAI({ baseURL: baseUrl, apiKey: apiKey ?? 'none', maxRetries: 0, timeout: totalMilliseconds });
  // Without user and password, which a URL may carry: failures go into history.
  const server = new URL(baseUrl).host;
  return {
    async complete(request, signal) {
      // The client's own time-out ends with the headers; the abort signal also covers a body that stalls.
      const deadline = AbortSignal.timeout(totalMilliseconds);
      try {
        const completion = await client.chat.completions.create(
          { model: request.model, messages: request.messages },
          { headers: { 'X-Longrun-Prompt': request.prompt }, signal: AbortSignal.any([signal, deadline]) },
        );
        return readCompletion(completion, request, server);
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        throw toLanguageModelFailure(error, { model: request.model, server, hasTimedOut: deadline.aborted });
      }
    },
  };
}

/** What a complete reply has at least. `cost` is added by some providers, OpenRouter among them. */
const completionSchema = z.object({
  choices: z
    .array(z.object({ finish_reason: z.string().nullish(), message: z.object({ content: z.string().nullish() }) }))
    .min(1),
  model: z.string().nullish(),
  usage: z.object({ prompt_tokens: z.number(), completion_tokens: z.number(), cost: z.number().nullish() }).nullish(),
});

/** Some servers answer 200 with an error, a web page or half a reply: only a finished one with content counts. */
function readCompletion(completion: unknown, request: LanguageModelRequest, server: string): LanguageModelReply {
  const parsed = completionSchema.safeParse(completion);
  if (!parsed.success) throw noCompletion(server);
  const { choices, usage, model } = parsed.data;
  const choice = choices[0];
  if (choice?.finish_reason !== 'stop') throw incompleteReply(`it ended with "${choice?.finish_reason ?? 'nothing'}"`);
  const text = choice.message.content ?? '';
  if (text.trim() === '') throw incompleteReply('the reply is empty');
  return {
    text,
    model: model ?? request.model,
    inputTokens: usage?.prompt_tokens ?? 0,
    outputTokens: usage?.completion_tokens ?? 0,
    cost: usage?.cost ?? null,
  };
}
