/** What servers say in place of the reasons of OpenAI: Anthropic, Google, Hugging Face, and gateways before them. */
const standardReasons = new Map([
  ['end_turn', 'stop'],
  ['eos', 'stop'],
  ['eos_token', 'stop'],
  ['stop_sequence', 'stop'],
  ['completed', 'stop'],
  ['max_tokens', 'length'],
  ['model_length', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['max_output_tokens', 'length'],
  ['refusal', 'content_filter'],
  ['prohibited_content', 'content_filter'],
  ['blocklist', 'content_filter'],
  ['spii', 'content_filter'],
  ['safety', 'content_filter'],
  ['blocked', 'content_filter'],
  ['recitation', 'content_filter'],
  ['tool_use', 'tool_calls'],
]);

/** A finish reason by the name that OpenAI has for it, in small letters; unknown ones stay. Null where none is said. */
export function standardFinishReason(said: string | null | undefined): string | null {
  const reason = said?.trim().toLowerCase() ?? '';
  return reason === '' ? null : (standardReasons.get(reason) ?? reason);
}
