import { completionSchema, countedSchema, type CompletionMessage } from './completion-schema.ts';
import { standardFinishReason } from './finish-reason.ts';
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
  /** The newest that the server said, by its standard name; null: not yet, or never. */
  finishReason: string | null;
  /** Text came after a finish reason: some gateways send one with each chunk, and then only the end of all is one. */
  isFinishReasonPremature: boolean;
  model: string | null;
  /** The newest that the server said. */
  usage: { inputTokens: number; outputTokens: number } | null;
  /** In US dollars. */
  cost: number | null;
  /** It repeats itself, or is longer than anything that was asked for. */
  isRunaway: boolean;
}

/** In characters; ten times as much as the longest reply of any model in sensible use. */
const longestReply = 2_000_000;
const longestModelName = 200;

export interface ReplyGatherer {
  readonly reply: GatheredReply;
  /** Says whether a token was in it. Throws `NoCompletion` for what is no part of one. */
  add(completion: unknown): boolean;
  /** What has been paid is told by anything, an error among them. */
  addUsage(answer: unknown): void;
  /** The answer did not come to its end: then a finish reason that came too early says nothing. */
  breakOff(): void;
}

export function replyGatherer(): ReplyGatherer {
  const reply = emptyReply();
  const repeats = repetitionDetector();
  return {
    reply,
    add(completion) {
      const parsed = completionSchema.safeParse(completion);
      if (!parsed.success) throw new NoCompletion();
      const { choices, model } = parsed.data;
      const choice = choices?.[0];
      // Only the end of a stream may lack both.
      if (choice && !choice.delta && !choice.message && reply.characters === 0) throw new NoCompletion();
      const arrived = addMessage(reply, choice?.delta ?? choice?.message ?? {});
      reply.isFinishReasonPremature ||= reply.finishReason !== null && arrived.trim() !== '';
      reply.finishReason = standardFinishReason(choice?.finish_reason) ?? reply.finishReason;
      reply.model ??= model?.slice(0, longestModelName) ?? null;
      reply.characters += arrived.length;
      reply.isRunaway ||= reply.characters > longestReply || repeats(arrived);
      return arrived !== '';
    },
    addUsage(answer) {
      const { usage } = countedSchema.safeParse(answer).data ?? {};
      if (usage === undefined) return;
      reply.usage = { inputTokens: usage.prompt_tokens, outputTokens: usage.completion_tokens };
      reply.cost = usage.cost ?? reply.cost;
    },
    breakOff() {
      if (reply.isFinishReasonPremature) reply.finishReason = null;
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
    isFinishReasonPremature: false,
    model: null,
    usage: null,
    cost: null,
    isRunaway: false,
  };
}

/** Gives all text in it, thoughts included. */
function addMessage(reply: GatheredReply, message: Partial<CompletionMessage>): string {
  const { content: said, refusal, reasoning_content: thoughts, reasoning, tool_calls: toolCalls } = message;
  const call = toolCalls?.find(({ index }) => (index ?? 0) === 0);
  const toolArguments = call?.function?.arguments ?? '';
  const content = said?.content ?? '';
  reply.content += content;
  reply.refusal += refusal ?? '';
  reply.toolArguments += toolArguments;
  // Some servers send the same thoughts under both names.
  return [said?.thoughts ?? '', thoughts ?? reasoning ?? '', content, refusal ?? '', toolArguments].join('');
}
