import type { OutputRung } from './output-rung.ts';

/** A server that speaks `POST {baseUrl}/chat/completions`, and how it differs from the others. */
export interface Provider {
  name: string;
  /** Without a trailing `/chat/completions`. */
  baseUrl: string;
  /** The environment variable with its key, which servers that people run themselves may do without; null: it has none. */
  key: { variable: string; isRequired: boolean } | null;
  /** Where the ladder of structured output begins. */
  firstRung: OutputRung;
  outputTokensName: 'max_tokens' | 'max_completion_tokens';
  /** Local servers drop the beginning of a prompt that is too long, and say nothing. */
  mayCutPrompts: boolean;
  /** Whether each reply says what it has cost. */
  reportsCost: boolean;
  /** What a model of it reads and writes in one call, unless it is known better. */
  contextTokens: number;
  timeouts: Timeouts;
}

/** A slow reasoning model may be silent for minutes before its first token, but not in the middle of a sentence. */
export interface Timeouts {
  firstTokenSeconds: number;
  idleSeconds: number;
  totalSeconds: number;
}
