import type OpenAI from 'openai';
import type { LanguageModelRequest, RequestedOutput } from './language-model.ts';
import type { ModelTarget } from './model-target.ts';
import { strictSchema } from './strict-schema.ts';

type Body = OpenAI.ChatCompletionCreateParamsStreaming;

/** What is sent to `/chat/completions`. What nobody has chosen is left out, and so to the provider. */
export function requestBody(target: ModelTarget, request: LanguageModelRequest): Body {
  const { temperature, topP, reasoningEffort } = target.parameters;
  return {
    model: target.model,
    messages: request.messages,
    stream: true,
    stream_options: { include_usage: true },
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { top_p: topP }),
    ...(reasoningEffort === undefined ? {} : { reasoning_effort: reasoningEffort }),
    ...outputLimit(target, request),
    ...(request.output === null ? {} : outputForm(request.output)),
  };
}

function outputLimit({ provider }: ModelTarget, { mostOutputTokens }: LanguageModelRequest): Partial<Body> {
  return mostOutputTokens === null ? {} : { [provider.outputTokensName]: Math.max(1, Math.floor(mostOutputTokens)) };
}

function outputForm({ rung, name, jsonSchema }: RequestedOutput): Partial<Body> {
  // Some servers take no keyword that they do not know.
  const { $schema: _version, ...schema } = jsonSchema;
  switch (rung) {
    case 'strictSchema':
      return jsonSchemaFormat({ name, strict: true, schema: strictSchema(schema) });
    case 'schema':
      return jsonSchemaFormat({ name, schema });
    case 'toolCall':
      return {
        tools: [{ type: 'function', function: { name, parameters: schema } }],
        tool_choice: { type: 'function', function: { name } },
      };
    case 'jsonObject':
      return { response_format: { type: 'json_object' } };
    case 'text':
      return {};
  }
}

function jsonSchemaFormat(schema: OpenAI.ResponseFormatJSONSchema['json_schema']): Partial<Body> {
  return { response_format: { type: 'json_schema', json_schema: schema } };
}
