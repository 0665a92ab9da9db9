import assert from 'node:assert/strict';
import { requestBody } from '../../activities/language-model/request-body.ts';
import { aRequest, aRequestOn, aTarget, someJsonSchema } from '../support/language-model-requests.ts';

const { messages } = aRequest();
const plain = { model: 'some-model', messages, stream: true, stream_options: { include_usage: true } };
const { $schema: _version, ...schema } = someJsonSchema;
const name = 'analyze_trial';

describe('the body of a request', () => {
  it('is the model and the messages, streamed with the usage, where nothing else was chosen', () => {
    assert.deepEqual(requestBody(aTarget(), aRequest()), plain);
  });

  it('has the parameters that were chosen', () => {
    const parameters = { temperature: 0, topP: 0.5, reasoningEffort: 'low' as const };
    const expected = { ...plain, temperature: 0, top_p: 0.5, reasoning_effort: 'low' };
    assert.deepEqual(requestBody(aTarget({ parameters }), aRequest()), expected);
  });

  const limits: [asked: number, sent: number][] = [
    [300, 300],
    [300.7, 300],
    [-5, 1],
  ];
  for (const [asked, sent] of limits) {
    it(`limits the reply to ${sent} where ${asked} tokens are asked for`, () => {
      assert.deepEqual(requestBody(aTarget(), aRequest({ mostOutputTokens: asked })), { ...plain, max_tokens: sent });
    });
  }

  it('names the limit as the provider does', () => {
    const target = aTarget({ provider: { outputTokensName: 'max_completion_tokens' } });
    const body = requestBody(target, aRequest({ mostOutputTokens: 300 }));
    assert.deepEqual(body, { ...plain, max_completion_tokens: 300 });
  });

  const strict = {
    type: 'object',
    properties: { finding: { type: 'string' } },
    required: ['finding'],
    additionalProperties: false,
  };
  const forms = {
    strictSchema: { response_format: { type: 'json_schema', json_schema: { name, strict: true, schema: strict } } },
    schema: { response_format: { type: 'json_schema', json_schema: { name, schema } } },
    toolCall: {
      tools: [{ type: 'function', function: { name, parameters: schema } }],
      tool_choice: { type: 'function', function: { name } },
    },
    jsonObject: { response_format: { type: 'json_object' } },
    text: {},
  };
  for (const [rung, form] of Object.entries(forms)) {
    it(`asks for JSON by ${rung}`, () => {
      const body = requestBody(aTarget(), aRequestOn(rung as keyof typeof forms));
      assert.deepEqual(body, { ...plain, ...form });
    });
  }
});
