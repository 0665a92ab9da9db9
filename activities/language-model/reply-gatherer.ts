import { z } from 'zod';
import { NoCompletion } from './language-model-failure.ts';
import { repetitionDetector } from './repetition-detector.ts';

/** All that has arrived of a reply. */
export interface GatheredReply {
  content: string;
  refusal: string;
  /** Of the first tool call. */
  toolArguments: string;
  /** Also what the model thinks, which is paid for like the rest. */
  characters: number;
  /** As the server says it; null: not yet, or never. */
  finishReason: string | null;
  model: string | null;
  /** The newest that the server said. */
  usage: { inputTokens: number; outputTokens: number } | null;
  /** In US dollars. */
  cost: number | null;
  /** It repeats itself, or is longer than anything that was asked for. */
  isRunaway: boolean;
}

const text = z.string().nullish();
/** Some servers send the arguments as an object. */
const argumentsSchema = z.union([
  z.string(),
  z.record(z.string(), z.unknown()).transform((value) => JSON.stringify(value)),
]);
const toolCallSchema = z.object({
  index: z.number().nullish(),
  function: z.object({ arguments: argumentsSchema.nullish() }).nullish(),
});
/** Thoughts are `reasoning_content` (DeepSeek, vLLM before 0.12) or `reasoning` (OpenRouter, Ollama, vLLM). */
const partSchema = z.object({
  content: text,
  refusal: text,
  reasoning_content: text,
  reasoning: text,
  tool_calls: z.array(toolCallSchema).nullish(),
});
const count = z.number().nonnegative();
const usageSchema = z.object({
  prompt_tokens: count,
  completion_tokens: count,
  cost: count.nullish().catch(null),
});
/** A chunk of a stream (`delta`) and a whole completion (`message`) alike. */
const completionSchema = z.object({
  choices: z
    .array(z.object({ finish_reason: text, delta: partSchema.nullish(), message: partSchema.nullish() }))
    .nullish(),
  model: text.catch(null),
  usage: usageSchema.nullish().catch(null),
});

/** In characters; ten times as much as the longest reply of any model in sensible use. */
const longestReply = 2_000_000;
const longestModelName = 200;

export interface ReplyGatherer {
  readonly reply: GatheredReply;
  /** Says whether a token was in it. Throws `NoCompletion` for what is no part of one. */
  add(completion: unknown): boolean;
}

export function replyGatherer(): ReplyGatherer {
  const reply = emptyReply();
  const repeats = repetitionDetector();
  return {
    reply,
    add(completion) {
      const parsed = completionSchema.safeParse(completion);
      if (!parsed.success) throw new NoCompletion();
      const { choices, model, usage } = parsed.data;
      const choice = choices?.[0];
      // Only the end of a stream may lack both.
      if (choice && !choice.delta && !choice.message && reply.characters === 0) throw new NoCompletion();
      const arrived = addPart(reply, choice?.delta ?? choice?.message ?? {});
      reply.finishReason = choice?.finish_reason ?? reply.finishReason;
      reply.model ??= model?.slice(0, longestModelName) ?? null;
      if (usage != null) {
        reply.usage = { inputTokens: usage.prompt_tokens, outputTokens: usage.completion_tokens };
        reply.cost = usage.cost ?? reply.cost;
      }
      reply.characters += arrived.length;
      reply.isRunaway ||= reply.characters > longestReply || repeats(arrived);
      return arrived !== '';
    },
  };
}

function emptyReply(): GatheredReply {
  return {
    content: '',
    refusal: '',
    toolArguments: '',
    characters: 0,
    finishReason: null,
    model: null,
    usage: null,
    cost: null,
    isRunaway: false,
  };
}

/** Gives all text in it, thoughts included. */
function addPart(reply: GatheredReply, part: Partial<z.infer<typeof partSchema>>): string {
  const { content, refusal, reasoning_content: thoughts, reasoning, tool_calls: toolCalls } = part;
  const call = toolCalls?.find(({ index }) => (index ?? 0) === 0);
  const toolArguments = call?.function?.arguments ?? '';
  reply.content += content ?? '';
  reply.refusal += refusal ?? '';
  reply.toolArguments += toolArguments;
  // Some servers send the same thoughts under both names.
  return [thoughts ?? reasoning ?? '', content ?? '', refusal ?? '', toolArguments].join('');
}
