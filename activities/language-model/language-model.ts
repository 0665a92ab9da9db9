import type { ModelTarget } from './model-target.ts';
import type { OutputRung } from './output-rung.ts';

export interface ChatMessage {
  role: 'system' | 'user' | 'assistant';
  content: string;
}

/** The JSON that a reply is to consist of, and how it is asked for. */
export interface RequestedOutput {
  rung: OutputRung;
  /** Letters and underscores. */
  name: string;
  jsonSchema: Record<string, unknown>;
}

/** One question. */
export interface LanguageModelRequest {
  /** Only a label, sent as a header. */
  prompt: string;
  messages: ChatMessage[];
  /** Null where any text will do. */
  output: RequestedOutput | null;
  /** With what the parameters of the target say already counted in. Null leaves it to the model. */
  mostOutputTokens: number | null;
  /** As counted here: a server that read far less has cut the prompt. */
  promptTokens: number;
}

/**
 * How a reply ended. Only `complete` is an answer; all of them were paid for. `cut`: at the limit of tokens.
 * `runaway`: stopped by us, since it repeated itself. `promptCut`: the server had read only a part of the prompt.
 */
export type ReplyEnding = 'complete' | 'cut' | 'refused' | 'empty' | 'runaway' | 'promptCut';

export interface Usage {
  inputTokens: number;
  outputTokens: number;
  /** Counted here, where the provider did not say. */
  isEstimated: boolean;
}

export interface LanguageModelReply {
  ending: ReplyEnding;
  text: string;
  /** As the provider names it. */
  model: string;
  usage: Usage;
  /** In US dollars, as the provider says; null where it does not. */
  reportedCost: number | null;
}

export interface Watch {
  signal: AbortSignal;
  /** Told of the output tokens so far, about, while they arrive. */
  onProgress(outputTokens: number): void;
}

/**
 * Something that can write text. `complete` sends exactly one request and never retries: Temporal does. It throws
 * ApplicationFailures of the types `LanguageModel.*`, whose first detail is the `Usage` where something was paid for, with
 * `reportedCost` beside it where the provider says it.
 */
export interface LanguageModel {
  complete(target: ModelTarget, request: LanguageModelRequest, watch: Watch): Promise<LanguageModelReply>;
}
