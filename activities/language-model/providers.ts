import type { Provider } from './provider.ts';

/**
 * What most servers have in common. 128,000 tokens is the least of what current models of the large providers read,
 * and these servers refuse a longer prompt for nothing and say their limit. A strict schema is also what servers with
 * grammars do best: it is sent without the bounds that make their grammars explode.
 */
const common = {
  firstRung: 'strictSchema',
  outputTokensName: 'max_tokens',
  mayCutPrompts: false,
  reportsCost: false,
  contextTokens: 128_000,
  timeouts: { firstTokenSeconds: 300, idleSeconds: 60, totalSeconds: 1800 },
} satisfies Partial<Provider>;

/**
 * Ollama begins with 4,096 tokens where there is little memory (https://docs.ollama.com/context-length), which no
 * prompt with a script fits into. This is what it takes by itself from 24 GB on, and elsewhere with
 * OLLAMA_CONTEXT_LENGTH; a server that is set to less gives itself away by the tokens it says to have read.
 */
const cautiousContextTokens = 32_768;

const openai = {
  ...common,
  name: 'openai',
  baseUrl: 'https://api.openai.com/v1',
  key: { variable: 'OPENAI_API_KEY', isRequired: true },
  // Its reasoning models refuse the older name.
  outputTokensName: 'max_completion_tokens',
} satisfies Provider;

/** The providers that need no configuration but a key. */
export const builtInProviders: readonly Provider[] = [
  openai,
  {
    ...common,
    name: 'openrouter',
    baseUrl: 'https://openrouter.ai/api/v1',
    key: { variable: 'OPENROUTER_API_KEY', isRequired: true },
    reportsCost: true,
  },
  {
    ...common,
    name: 'anthropic',
    baseUrl: 'https://api.anthropic.com/v1',
    key: { variable: 'ANTHROPIC_API_KEY', isRequired: true },
    // `response_format` is accepted and ignored (https://platform.claude.com/docs/en/api/openai-sdk).
    firstRung: 'toolCall',
  },
  {
    ...common,
    name: 'google',
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta/openai',
    key: { variable: 'GEMINI_API_KEY', isRequired: true },
  },
  {
    ...common,
    name: 'deepseek',
    baseUrl: 'https://api.deepseek.com/v1',
    key: { variable: 'DEEPSEEK_API_KEY', isRequired: true },
    // It knows no schemas.
    firstRung: 'jsonObject',
  },
  serverOfUnknownKind('ollama', 'http://127.0.0.1:11434/v1'),
  {
    ...common,
    name: 'vllm',
    baseUrl: 'http://127.0.0.1:8000/v1',
    key: { variable: 'VLLM_API_KEY', isRequired: false },
  },
];

/** Any compatible server: with the caution that a local one needs, which costs others little. */
export function serverOfUnknownKind(name: string, baseUrl: string): Provider {
  return {
    ...common,
    name,
    baseUrl,
    key: null,
    mayCutPrompts: true,
    contextTokens: cautiousContextTokens,
  };
}

/** The provider `openai` at another address, where nearly always another server answers; its key is optional there. */
export function openaiAt(baseUrl: string): Provider {
  if (isOpenaiItself({ baseUrl })) return { ...openai, baseUrl };
  return { ...serverOfUnknownKind(openai.name, baseUrl), key: { ...openai.key, isRequired: false } };
}

/** Also its addresses by region. */
export function isOpenaiItself({ baseUrl }: Pick<Provider, 'baseUrl'>): boolean {
  return /(^|\.)api\.openai\.com$/.test(new URL(baseUrl).hostname);
}
