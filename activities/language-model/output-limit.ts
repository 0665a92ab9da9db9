/** With less than this left beside a prompt it is the prompt that is too long. */
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
const contextAndPrompt = /maximum context length is ([\d,]+) tokens\D{1,60}([\d,]+) input tokens/i;

/** That more tokens were asked for than a reply may have. */
export interface OutputLimit {
  /** What it may have; null where the error does not say it, or says nonsense. */
  outputLimitTokens: number | null;
  /** What prompt and reply may have together, where it is only that which leaves too little. */
  limitTokens?: number;
}

/** Null where something else is wrong, also where the prompt alone leaves no room for a reply. */
export function outputLimitIn(text: string): OutputLimit | null {
  const said = limitPatterns.map((pattern) => pattern.exec(text)?.[1]).find((digits) => digits !== undefined);
  if (said !== undefined) return { outputLimitTokens: sensible(toNumber(said)) };
  if (!tooLarge.test(text)) return null;
  const [, context, prompt] = contextAndPrompt.exec(text) ?? [];
  if (context === undefined || prompt === undefined) return { outputLimitTokens: null };
  const room = toNumber(context) - toNumber(prompt);
  return room < leastTokens ? null : { outputLimitTokens: null, limitTokens: toNumber(context) };
}

function toNumber(digits: string): number {
  return Number(digits.replaceAll(',', ''));
}

function sensible(tokens: number): number | null {
  return tokens >= leastTokens && tokens <= mostTokens ? tokens : null;
}
