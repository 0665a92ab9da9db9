/** A smaller number is a slip. */
const leastTokens = 256;
const mostTokens = 100_000_000;

/** The wordings of OpenAI, Anthropic, DeepSeek, Groq and Ollama's cloud, in this order. */
const limitPatterns = [
  /max_(?:completion_)?tokens\b.{0,60}\btoo large.{0,60}\bat most ([\d,]+) completion tokens/i,
  /max_(?:completion_)?tokens: [\d,]+ > ([\d,]+)/i,
  /valid range of max_(?:completion_)?tokens is \[\d+, ?([\d,]+)\]/i,
  /max_(?:completion_)?tokens\W{1,3}must be less than or equal to \W?([\d,]+)/i,
  /max_(?:completion_)?tokens \(\d+\) exceeds model's maximum output tokens \(([\d,]+)\)/i,
];
const tooLarge = /max_(?:completion_)?tokens\b.{0,60}\btoo large/i;
/** vLLM's: the reply has to fit beside the prompt. */
const contextAndPrompt = /maximum context length is [\d,]+ tokens\D{1,60}[\d,]+ input tokens/i;

/** That more tokens were asked for than a reply may have. */
export interface OutputLimit {
  /** What it may have; null where the error does not say it, or says nonsense. */
  outputLimitTokens: number | null;
}

/** Null where something else is wrong, also where prompt and reply do not fit together. */
export function outputLimitIn(text: string): OutputLimit | null {
  const said = limitPatterns.map((pattern) => pattern.exec(text)?.[1]).find((digits) => digits !== undefined);
  if (said !== undefined) return { outputLimitTokens: sensible(toNumber(said)) };
  // Where it is the room beside the prompt that is too small, the context is what is to be learnt.
  return tooLarge.test(text) && !contextAndPrompt.test(text) ? { outputLimitTokens: null } : null;
}

function toNumber(digits: string): number {
  return Number(digits.replaceAll(',', ''));
}

function sensible(tokens: number): number | null {
  return tokens >= leastTokens && tokens <= mostTokens ? tokens : null;
}
