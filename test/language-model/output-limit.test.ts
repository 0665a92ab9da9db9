import assert from 'node:assert/strict';
import { failureType } from '../../workflows/domain/failure-type.ts';
import { failureFor } from '../support/language-model-requests.ts';
import { anError } from '../support/model-answers.ts';

const vllm = (context: number, read: number) =>
  `'max_tokens' or 'max_completion_tokens' is too large: 999682. This model's maximum context length is ${context} ` +
  `tokens and your request has ${read} input tokens (999682 > ${context} - ${read}).`;

describe('what a model writes in one reply', () => {
  const refusals: [outputLimitTokens: number | null, message: string][] = [
    [
      32_768,
      'max_tokens is too large: 999682. This model supports at most 32768 completion tokens, whereas you provided 999682.',
    ],
    [16_384, 'max_completion_tokens is too large: 20000. This model supports at most 16384 completion tokens.'],
    [
      64_000,
      'max_tokens: 999682 > 64000, which is the maximum allowed number of output tokens for claude-haiku-4-5-20251001',
    ],
    [8_192, 'Invalid max_tokens value, the valid range of max_tokens is [1, 8192]'],
    [
      8_192,
      '`max_tokens` must be less than or equal to `8192`, the maximum value for `max_tokens` is less than the `context_window` for this model',
    ],
    [65_536, "max_tokens (128000) exceeds model's maximum output tokens (65536) for model nemotron-3-ultra"],
    [null, 'max_tokens (999682) is too large for this maximum context length'],
    [null, 'Invalid max_tokens value, the valid range of max_tokens is [1, 3]'],
  ];
  for (const [outputLimitTokens, message] of refusals) {
    it(`is ${outputLimitTokens ?? 'left open'} for “${message}”`, async () => {
      const { type, details } = await failureFor(anError(400, { message, code: 'invalid_request_error' }));
      assert.deepEqual([type, details], [failureType.modelOutputLimitTooHigh, [{ outputLimitTokens }]]);
    });
  }

  const others: [message: string, type: string][] = [
    [vllm(32_768, 1_000), failureType.modelPromptTooLong],
    [vllm(32_768, 40_000), failureType.modelPromptTooLong],
    [vllm(32_768, 32_700), failureType.modelPromptTooLong],
    [
      "This model's maximum context length is 8192 tokens. However, you requested 8256 tokens (64 in the messages, 8192 in the completion).",
      failureType.modelPromptTooLong,
    ],
    ['prompt is too long: 213456 tokens > 200000 maximum', failureType.modelPromptTooLong],
    ["Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.", failureType.modelBadRequest],
  ];
  for (const [message, type] of others) {
    it(`has nothing to do with “${message}”`, async () => {
      assert.equal((await failureFor(anError(400, { message }))).type, type);
    });
  }
});
