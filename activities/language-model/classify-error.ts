import { failureType } from '../../workflows/domain/failure-type.ts';
import type { LanguageModelRequest } from './language-model.ts';
import { outputLimitIn } from './output-limit.ts';
import type { ProviderError } from './provider-error.ts';

/** An error that a server answered with, whatever the status of the answer. */
export interface AnsweredError extends ProviderError {
  /** How long the server asks to wait; null where it does not. */
  delaySeconds: number | null;
}

/** The failure type of an error: by its codes, then by its status, and by its text only where providers leave no choice. */
export function classifyError(error: AnsweredError, request: Pick<LanguageModelRequest, 'output'>): string {
  const status = error.status ?? statusByCode(error);
  const says = (codes: readonly string[]) => error.codes.some((code) => codes.includes(code));
  // Sent with status 429, although waiting does not help.
  if (says(noCreditCodes)) return failureType.modelNoCredit;
  if (says(spendLimitCodes)) return failureType.modelSpendLimit;
  if (says(refusalCodes)) return failureType.modelRefuses;
  switch (status) {
    case 301:
    case 302:
    case 303:
    case 307:
    case 308:
      return failureType.modelNotConfigured;
    case 401:
      return failureType.modelUnauthorized;
    case 403:
      return moderated.test(error.text) ? failureType.modelRefuses : failureType.modelUnauthorized;
    case 402:
      return error.delaySeconds === null ? failureType.modelNoCredit : failureType.modelRateLimited;
    case 429:
      return failureType.modelRateLimited;
    case 400:
    case 404:
    case 413:
    case 422:
      return typeOfRefusal(error, request) ?? (status === 404 ? failureType.modelUnknown : failureType.modelBadRequest);
    case 408:
    case 409:
    case null:
      return failureType.modelUnavailable;
    default:
      return status >= 400 && status < 500 ? failureType.modelBadRequest : failureType.modelUnavailable;
  }
}

/** What a status for all that is wrong with a request stands for. */
function typeOfRefusal(
  { codes, text }: AnsweredError,
  { output }: Pick<LanguageModelRequest, 'output'>,
): string | null {
  if (outputLimitIn(text) !== null) return failureType.modelOutputLimitTooHigh;
  if (codes.some((code) => tooLongCodes.includes(code)) || tooLong.test(text)) return failureType.modelPromptTooLong;
  if (wrongKey.test(text)) return failureType.modelUnauthorized;
  if (lowCredit.test(text)) return failureType.modelNoCredit;
  if (unknownModel.test(text)) return failureType.modelUnknown;
  return output !== null && output.rung !== 'text' && format.test(text) ? failureType.modelFormatUnsupported : null;
}

const noCreditCodes = ['insufficient_quota', 'credit_balance_exhausted'];
const spendLimitCodes = [
  'organization_spend_limit_exceeded',
  'project_spend_limit_exceeded',
  'organization_usage_limit_exceeded',
];
/** The prompt itself was filtered. */
const refusalCodes = ['content_filter', 'content_policy_violation'];
/** OpenRouter's: the rest of its errors with this status are about the key. */
const moderated = /requires moderation|\b(input|prompt|content|message)s?\b.{0,40}\b(flagged|moderated)\b/i;
const tooLongCodes = ['context_length_exceeded', 'exceed_context_size_error'];

/** The wordings of OpenAI, vLLM, llama.cpp, Anthropic, Google, xAI, Mistral, Groq and nginx, in this order. */
const tooLong =
  /context (length|window)|maximum context|too many tokens|available context size|prompt is too long|input token count|maximum prompt length|too large for model|request (entity )?too large/i;
/** Google and Anthropic have no status for these. */
const wrongKey = /\bapi key (is )?(not valid|invalid|expired)/i;
const lowCredit = /credit balance is too low/i;
/** Pages of web servers begin with `Strict//EN`. */
const format =
  /response_?format|json[ _]?schema|json_object|structured output|\btools?\b|tool_choice|function.?call|\bstrict\b(?!\/\/)|grammar|additionalProperties/i;
/** OpenRouter and Ollama among others. */
const unknownModel = /not a valid model|model\b.{0,100}\b(not found|does not exist|not exist)/i;

/** Errors in a stream have no status; what their codes stand for elsewhere. */
function statusByCode({ codes }: ProviderError): number | null {
  return codes.map((code) => statusOfCode.get(code)).find((status) => status !== undefined) ?? null;
}

const statusOfCode = new Map([
  ['rate_limit_exceeded', 429],
  ['rate_limit_error', 429],
  ['invalid_api_key', 401],
  ['authentication_error', 401],
  ['model_not_found', 404],
  ['context_length_exceeded', 400],
  ['invalid_request_error', 400],
]);

const limitPatterns = [
  /maximum (?:context|prompt|input) length (?:is|of) ([\d,]+)/i,
  /(?:context|prompt) (?:length|window|size|limit)\s*(?:is|of|[(:])?\s*([\d,]+)/i,
  /> ([\d,]+) maximum/i,
  /tokens allowed \(([\d,]+)\)/i,
  /([\d,]+) maximum context/i,
];

/** How many tokens the model takes in, where the error says so; null where it does not, or says nonsense. */
export function contextLimitIn({ text, contextTokens }: ProviderError): number | null {
  const found = limitPatterns.map((pattern) => pattern.exec(text)?.[1]).find((digits) => digits !== undefined);
  const limit = contextTokens ?? Number(found?.replaceAll(',', '') ?? NaN);
  return Number.isInteger(limit) && limit >= 256 && limit <= 100_000_000 ? limit : null;
}
