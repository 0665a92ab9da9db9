import type { GatheredReply } from './reply-gatherer.ts';
import type { LanguageModelReply, LanguageModelRequest, ReplyEnding, Usage } from './language-model.ts';
import type { ModelTarget } from './model-target.ts';

/** An estimate for texts in which code and prose mix; tokenizers differ by more. */
const charactersPerToken = 4;
/** Below this share of the prompt it is another tokenizer's count no more. */
const leastShareRead = 0.6;
/** Counts of short prompts say nothing: servers add their template to them. */
const leastPromptTokens = 1_000;

/** How a reply ended; null where nothing says that it did: only a finish reason does. */
export function judgeReply(
  gathered: GatheredReply,
  target: ModelTarget,
  request: LanguageModelRequest,
): LanguageModelReply | null {
  const hasToolCall = request.output?.rung === 'toolCall' && gathered.toolArguments.trim() !== '';
  const text = hasToolCall ? gathered.toolArguments : gathered.content;
  const ending = gathered.isRunaway ? 'runaway' : endingOf(gathered, text, request);
  if (ending === null) return null;
  const { model, refusal, cost: reportedCost } = gathered;
  const usage = usageOf(gathered, request);
  const reply = { text, model: model ?? target.model, usage, reportedCost };
  if (ending !== 'runaway' && target.provider.mayCutPrompts && isPromptCut(usage, request)) {
    return { ...reply, ending: 'promptCut' };
  }
  return { ...reply, ending, text: ending === 'refused' && refusal.trim() !== '' ? refusal : text };
}

function endingOf(
  { finishReason, refusal }: GatheredReply,
  text: string,
  { output }: LanguageModelRequest,
): ReplyEnding | null {
  const isBlank = text.trim() === '';
  if (finishReason !== null && refusal.trim() !== '') return 'refused';
  switch (finishReason ?? '') {
    case 'stop':
      return isBlank ? 'empty' : 'complete';
    case 'tool_calls':
    case 'function_call':
      // A tool that nobody has offered: what was said before is no answer.
      return isBlank || output?.rung !== 'toolCall' ? 'empty' : 'complete';
    case 'length':
      return isBlank ? 'empty' : 'cut';
    case 'content_filter':
      return 'refused';
    default:
      return null;
  }
}

/** As the server says, where that can be; a server that counts nothing has not counted. */
export function usageOf({ usage, characters }: GatheredReply, { promptTokens }: LanguageModelRequest): Usage {
  if (usage !== null && usage.inputTokens > 0) return { ...usage, isEstimated: false };
  return { inputTokens: promptTokens, outputTokens: estimatedTokens(characters), isEstimated: true };
}

export function estimatedTokens(characters: number): number {
  return Math.ceil(characters / charactersPerToken);
}

function isPromptCut({ inputTokens, isEstimated }: Usage, { promptTokens }: LanguageModelRequest): boolean {
  return !isEstimated && promptTokens > leastPromptTokens && inputTokens < leastShareRead * promptTokens;
}
