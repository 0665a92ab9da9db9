import { z } from 'zod';

const text = z.string().nullish();
const texts = z.array(z.object({ text })).transform((parts) => parts.map((part) => part.text ?? '').join(''));

/** https://docs.mistral.ai/capabilities/reasoning: what is thought is a text or again a list of parts. */
const partSchema = z.object({
  type: text.catch(null),
  text: text.catch(null),
  thinking: z.union([z.string(), texts]).nullish().catch(null),
});

/** Usually a text. Of a list of parts those of other kinds, such as references, are left out. */
const contentSchema = z.union([
  z.string().transform((content) => ({ content, thoughts: '' })),
  z.array(partSchema).transform((parts) => ({
    content: parts.map((part) => (part.type === 'text' ? part.text : '') ?? '').join(''),
    thoughts: parts.map((part) => (part.type === 'thinking' ? (part.thinking ?? part.text) : '') ?? '').join(''),
  })),
]);

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
const messageSchema = z.object({
  content: contentSchema.nullish(),
  refusal: text,
  reasoning_content: text,
  reasoning: text,
  tool_calls: z.array(toolCallSchema).nullish(),
});

export type CompletionMessage = z.infer<typeof messageSchema>;

/** A chunk of a stream (`delta`) and a whole completion (`message`) alike. */
export const completionSchema = z.object({
  choices: z
    .array(z.object({ finish_reason: text, delta: messageSchema.nullish(), message: messageSchema.nullish() }))
    .nullish(),
  model: text.catch(null),
});

const count = z.number().nonnegative();

/** What else is in it does not matter, be it an error. */
export const countedSchema = z.object({
  usage: z.object({ prompt_tokens: count, completion_tokens: count, cost: count.nullish().catch(null) }),
});
