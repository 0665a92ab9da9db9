import { createHash } from 'node:crypto';
import { z } from 'zod';
import { countTokens } from '../../../activities/language-model/count-tokens.ts';

/** The part of the OpenAI chat API that this server understands; other settings of a request have no effect. */
export const chatRequestSchema = z.object({
  model: z.string().min(1),
  messages: z.array(z.object({ role: z.string(), content: z.string() })).min(1),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().optional() }).nullish(),
});

export type ChatRequest = z.infer<typeof chatRequestSchema>;

/** Counted as the caller counts them: a server that reports far fewer is taken for one that has cut the prompt. */
export function usageOf({ messages }: ChatRequest, reply: string) {
  const read = messages.reduce((sum, { content }) => sum + countTokens(content), 0);
  const written = countTokens(reply);
  return { prompt_tokens: read, completion_tokens: written, total_tokens: read + written };
}

/** The answer to a request that does not stream. */
export function completion(request: ChatRequest, reply: string) {
  return {
    ...frame(request, 'chat.completion'),
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: reply, refusal: null },
        logprobs: null,
        finish_reason: 'stop',
      },
    ],
    usage: usageOf(request, reply),
  };
}

/** The same as chunks of a stream, one for each line of the reply. The last chunks carry the ending and the usage. */
export function completionChunks(request: ChatRequest, reply: string): unknown[] {
  const chunk = (delta: Record<string, string>, finishReason: string | null): unknown => ({
    ...frame(request, 'chat.completion.chunk'),
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }],
  });
  const usage = { ...frame(request, 'chat.completion.chunk'), choices: [], usage: usageOf(request, reply) };
  return [
    chunk({ role: 'assistant', content: '' }, null),
    ...reply.split(/(?<=\n)/).map((line) => chunk({ content: line }, null)),
    chunk({}, 'stop'),
    ...(request.stream_options?.include_usage === true ? [usage] : []),
  ];
}

/** Id and time come from the request and not from a clock: equal requests have equal answers. */
function frame(request: ChatRequest, object: string) {
  const digest = createHash('sha256').update(JSON.stringify(request)).digest('hex');
  return { id: `chatcmpl-${digest.slice(0, 24)}`, object, created: 0, model: request.model };
}
