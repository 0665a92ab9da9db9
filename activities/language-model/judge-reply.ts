import type { GatheredReply } from './reply-gatherer.ts';
import type { LanguageModelReply, LanguageModelRequest, ReplyEnding, Usage } from './language-model.ts';
import type { ModelTarget } from './model-target.ts';

/** An estimate for texts in which code and prose mix; tokenizers differ by more. */
const charactersPerToken = 4;
/** Below this share of the prompt it is another tokenizer's count no more. */
const leastShareRead = 0.6;
/** Counts of short prompts say nothing: servers add their template to them. */
const leastPromptTokens = 1_000;
/** A smaller number for a longer prompt is no count at all. */
const leastCount = 256;
/**
 * Windows are multiples of this: Ollama's own is 4,096 (https://docs.ollama.com/context-length), and what is too long
 * fills it to the last token or leaves out one or two.
 */
const windowStep = 1_024;
const windowSlack = 2;
const leastWindow = 2_048;
/** One honest count in two hundred falls on a window's end, so it has to be clearly too small besides. */
const leastShareAtWindow = 0.9;

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
  const usage = usageOf(gathered, target, request);
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

/** Tokens that came, or that the server has counted: either is paid for. */
export function hasAnything({ usage, characters }: GatheredReply): boolean {
  return characters > 0 || (usage !== null && usage.inputTokens + usage.outputTokens > 0);
}

/** As the server says, where that can be; a server that counts nothing has not counted. */
export function usageOf(
  { usage, characters }: GatheredReply,
  { provider }: ModelTarget,
  { promptTokens }: LanguageModelRequest,
): Usage {
  const leastRead = provider.mayCutPrompts && promptTokens > leastPromptTokens ? leastCount : 1;
  if (usage !== null && usage.inputTokens >= leastRead) return { ...usage, isEstimated: false };
  return { inputTokens: promptTokens, outputTokens: estimatedTokens(characters), isEstimated: true };
}

export function estimatedTokens(characters: number): number {
  return Math.ceil(characters / charactersPerToken);
}

/** Far less was read than was sent, or less and just what a window holds, be it with the reply. */
function isPromptCut(
  { inputTokens, outputTokens, isEstimated }: Usage,
  { promptTokens }: LanguageModelRequest,
): boolean {
  if (isEstimated || promptTokens <= leastPromptTokens) return false;
  const fillsWindow = (tokens: number) =>
    inputTokens < leastShareAtWindow * promptTokens && tokens >= leastWindow && isMultiple(tokens);
  return (
    inputTokens < leastShareRead * promptTokens || fillsWindow(inputTokens) || fillsWindow(inputTokens + outputTokens)
  );
}

/** Of the step between windows, about. */
function isMultiple(tokens: number): boolean {
  const beyond = tokens % windowStep;
  return Math.min(beyond, windowStep - beyond) <= windowSlack;
}
