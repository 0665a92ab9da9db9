import { ApplicationFailure } from '@temporalio/activity';
import { APIError } from 'openai';
import { failureType } from '../../workflows/domain/failure-type.ts';

export interface FailureContext {
  model: string;
  /** Host and port. */
  server: string;
  hasTimedOut: boolean;
}

/**
 * The one place where errors of a provider become named failures. What a person must mend (key, credit, model name,
 * a request that the server refuses) is not retried; everything else is. Bodies of errors are never kept: they may
 * repeat a key.
 */
export function toLanguageModelFailure(error: unknown, context: FailureContext): ApplicationFailure {
  if (error instanceof ApplicationFailure) return error;
  if (context.hasTimedOut) return retryable(failureType.modelUnavailable, `${context.server} did not answer in time.`);
  if (error instanceof SyntaxError) return noCompletion(context.server);
  if (error instanceof APIError && typeof error.status === 'number') return fromStatus(error, error.status, context);
  return retryable(failureType.modelUnavailable, `${context.server} cannot be reached (${reasonIn(error)}).`);
}

/** An answer that is no completion at all, such as a gateway's page: an outage, however it is labelled. */
export function noCompletion(server: string): ApplicationFailure {
  return retryable(failureType.modelUnavailable, `${server} answered without a chat completion.`);
}

/** A reply that was cut, empty or no reply at all: worth asking again. */
export function incompleteReply(problem: string): ApplicationFailure {
  return retryable(failureType.modelIncompleteReply, `The reply of the language model is incomplete: ${problem}.`);
}

function fromStatus(error: APIError, status: number, context: FailureContext): ApplicationFailure {
  const { model, server } = context;
  // Only what looks like a code: a provider may put anything there, a key included.
  const code = typeof error.code === 'string' && /^[\w.-]{1,60}$/.test(error.code) ? error.code : '';
  if (status === 401 || status === 403) {
    return final(failureType.modelUnauthorized, `${server} refused the key in OPENAI_API_KEY (status ${status}).`);
  }
  if (status === 402 || billingCodes.has(code)) {
    return final(failureType.modelNoCredit, `${server} refuses for want of credit (status ${status} ${code}).`);
  }
  if (status === 404) {
    return final(
      failureType.modelUnknown,
      `${server} knows no model "${model}" (status 404): see LONGRUN_MODEL and OPENAI_BASE_URL.`,
    );
  }
  if (status === 429) {
    return retryable(failureType.modelRateLimited, `${server} asks to wait (status 429).`, retryAfter(error.headers));
  }
  if (status >= 400 && status < 500 && status !== 408 && status !== 409) {
    return final(
      failureType.modelBadRequest,
      `${server} refused the request for "${model}" (status ${status} ${code}).`,
    );
  }
  return retryable(failureType.modelUnavailable, `${server} failed (status ${status}).`, retryAfter(error.headers));
}

/** Sent with status 429 although waiting does not help. */
const billingCodes = new Set([
  'insufficient_quota',
  'credit_balance_exhausted',
  'organization_spend_limit_exceeded',
  'project_spend_limit_exceeded',
  'organization_usage_limit_exceeded',
]);

function final(type: string, message: string): ApplicationFailure {
  return ApplicationFailure.create({ type, message, nonRetryable: true });
}

function retryable(type: string, message: string, delaySeconds: number | null = null): ApplicationFailure {
  const delay = delaySeconds === null ? {} : { nextRetryDelay: delaySeconds * 1000 };
  return ApplicationFailure.create({ type, message, ...delay });
}

/** `Retry-After` in seconds or as a date, at most an hour: a provider's slip must not park an experiment for days. */
function retryAfter(headers: Headers | undefined): number | null {
  const value = headers?.get('retry-after');
  if (value === null || value === undefined) return null;
  const seconds = Number.isFinite(Number(value)) ? Number(value) : (Date.parse(value) - Date.now()) / 1000;
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(3600, seconds) : null;
}

function reasonIn(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error.cause instanceof Error ? reasonIn(error.cause) : error.name;
}
