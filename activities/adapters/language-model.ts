export interface ChatMessage {
  role: 'system' | 'user';
  content: string;
}

/** One question: the messages and the model that is asked. `prompt` is only a label, sent as a header. */
export interface LanguageModelRequest {
  prompt: string;
  model: string;
  messages: ChatMessage[];
}

/** A complete reply. Its cost is what the provider says, in US dollars, else null. */
export interface LanguageModelReply {
  text: string;
  model: string;
  inputTokens: number;
  outputTokens: number;
  cost: number | null;
}

/**
 * Something that can write text. `complete` sends exactly one request and never retries: Temporal does. It throws
 * ApplicationFailures of the types `LanguageModel.*`; a reply that is cut or empty is a failure too, never a reply.
 */
export interface LanguageModel {
  complete(request: LanguageModelRequest, signal: AbortSignal): Promise<LanguageModelReply>;
}
