import { ApplicationFailure } from '@temporalio/activity';
import { APIError } from 'openai';
import { failureType } from '../../workflows/domain/failure-type.ts';
import { classifyError, contextLimitIn, type AnsweredError } from './classify-error.ts';
import type { LanguageModelRequest, Usage } from './language-model.ts';
import type { ModelTarget } from './model-target.ts';
import { outputLimitIn } from './output-limit.ts';
import { readProviderError } from './provider-error.ts';
import type { Deadline } from './reply-deadlines.ts';
import { retryDelaySeconds } from './retry-delay.ts';

export interface FailureContext {
  target: ModelTarget;
  request: LanguageModelRequest;
  passedDeadline: Deadline | null;
  /** For a reply that did not come to its end; null: none had begun, and nothing was counted. */
  paid: { usage: Usage; reportedCost: number | null } | null;
}

/** What no completion can be made of: a page, an answer without a choice, a stream that does not say how it ended. */
export class NoCompletion extends Error {}

/**
 * The one place where errors become named failures. All of them are retryable as such: retry policies go by the type,
 * and know which ones a person has to mend. Bodies of errors are never kept, nor are errors as a cause: they may repeat
 * a key. The first detail is the usage where something was paid for, with `reportedCost` in US dollars where the provider
 * says it; then an outage is an incomplete reply. Only failures that waiting mends say how long to wait.
 */
export function toLanguageModelFailure(error: unknown, context: FailureContext): ApplicationFailure {
  const answered = answeredError(error);
  if (answered !== null) return fromAnswer(answered, context);
  const server = serverOf(context.target);
  if (context.passedDeadline !== null) return outage(describeDeadline(context.passedDeadline, context.target), context);
  const hasBegun = context.paid !== null;
  if (error instanceof NoCompletion || error instanceof SyntaxError) {
    const problem = hasBegun ? 'did not say how its reply ended' : 'answered with something that is no chat completion';
    return outage(`${server} ${problem}.`, context);
  }
  return outage(`${server} ${hasBegun ? 'broke off its reply' : 'cannot be reached'} (${reasonIn(error)}).`, context);
}

/** The status of the answer goes before that of the error in it. */
function answeredError(error: unknown): AnsweredError | null {
  if (!(error instanceof APIError) || (error.status === undefined && error.error === undefined)) return null;
  const said = readProviderError(error.error);
  return { ...said, status: error.status ?? said.status, delaySeconds: retryDelaySeconds(error.headers) };
}

function fromAnswer(error: AnsweredError, context: FailureContext): ApplicationFailure {
  const { target, request } = context;
  const type = classifyError(error, request);
  const what = [error.status === null ? null : `status ${error.status}`, ...safeCodes(error, target.apiKey)];
  const message = describe(type, context, what.filter((each) => each !== null).join(', ') || 'an error');
  switch (type) {
    case failureType.modelUnavailable:
      return outage(message, context, error.delaySeconds);
    case failureType.modelRateLimited:
      return ApplicationFailure.create({ type, message, ...delay(error.delaySeconds), ...details(context) });
    case failureType.modelPromptTooLong:
      return ApplicationFailure.create({
        type,
        message,
        ...details(context, { limitTokens: contextLimitIn(error) }),
      });
    case failureType.modelOutputLimitTooHigh:
      return ApplicationFailure.create({ type, message, ...details(context, outputLimitIn(error.text)) });
    default:
      return ApplicationFailure.create({ type, message, ...details(context) });
  }
}

function outage(message: string, context: FailureContext, delaySeconds: number | null = null): ApplicationFailure {
  const type = context.paid === null ? failureType.modelUnavailable : failureType.modelIncompleteReply;
  return ApplicationFailure.create({ type, message, ...delay(delaySeconds), ...details(context) });
}

function delay(seconds: number | null) {
  return seconds === null ? {} : { nextRetryDelay: seconds * 1000 };
}

/** What was learnt and what was paid. */
function details({ paid }: FailureContext, learnt: object | null = null) {
  if (paid === null) return learnt === null ? {} : { details: [learnt] };
  const { usage, reportedCost } = paid;
  return { details: [{ ...learnt, ...usage, ...(reportedCost === null ? {} : { reportedCost }) }] };
}

/** The place and the mend, in one sentence. */
function describe(type: string, { target, request }: FailureContext, what: string): string {
  const { provider, model, apiKey } = target;
  const server = serverOf(target);
  switch (type) {
    case failureType.modelUnauthorized:
      if (provider.key === null)
        return `${server} wants a key (${what}): name its keyVariable in the provider ${provider.name}.`;
      if (apiKey === null) return `${server} wants a key (${what}): set ${provider.key.variable}.`;
      return `${server} refuses the key in ${provider.key.variable} (${what}): set it to one that is valid.`;
    case failureType.modelNotConfigured:
      return `${server} redirects: correct the baseUrl of the provider ${provider.name} (${what}).`;
    case failureType.modelNoCredit:
      return `${server} refuses for want of credit (${what}).`;
    case failureType.modelSpendLimit:
      return `${server} refuses since a spending limit is reached (${what}).`;
    case failureType.modelRefuses:
      return `${server} refuses to answer this prompt (${what}).`;
    case failureType.modelUnknown:
      return `${server} knows no model "${model}" (${what}): choose one that it has, or correct the baseUrl of the provider ${provider.name}.`;
    case failureType.modelPromptTooLong:
      return `${server} takes in less than the ${request.promptTokens} tokens of the prompt (${what}): it has to be shorter.`;
    case failureType.modelOutputLimitTooHigh:
      return `${server} writes less in a reply than the ${request.mostOutputTokens ?? 'many'} tokens that were asked for (${what}): the limit has to be lower.`;
    case failureType.modelFormatUnsupported:
      return `${server} does not support ${request.output?.rung ?? 'this form of output'} (${what}): the form below it has to do.`;
    case failureType.modelRateLimited:
      return `${server} asks to wait (${what}).`;
    case failureType.modelBadRequest:
      return `${server} refuses the request for "${model}" (${what}): check the parameters of the model.`;
    default:
      return `${server} failed (${what}).`;
  }
}

function describeDeadline(deadline: Deadline, target: ModelTarget): string {
  const seconds = `${target.provider.timeouts[deadline]} s (${deadline} of the provider ${target.provider.name})`;
  switch (deadline) {
    case 'firstTokenSeconds':
      return `${serverOf(target)} did not begin its reply within ${seconds}.`;
    case 'idleSeconds':
      return `${serverOf(target)} fell silent in its reply for ${seconds}.`;
    case 'totalSeconds':
      return `${serverOf(target)} did not end its reply within ${seconds}.`;
  }
}

/** Without the user and the password that a URL may carry: failures go into history. */
function serverOf({ provider }: ModelTarget): string {
  return new URL(provider.baseUrl).host;
}

/** Only what looks like a code, and not like the key: a provider may put anything there. */
function safeCodes({ codes }: AnsweredError, apiKey: string | null): string[] {
  const isSafe = (code: string) =>
    /^([a-z][a-z_.]{0,59}|\d{1,6})$/i.test(code) &&
    (apiKey === null || (!apiKey.includes(code) && !code.includes(apiKey)));
  return [...new Set(codes)].filter(isSafe);
}

function reasonIn(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  if ('code' in error && typeof error.code === 'string' && /^[A-Z][A-Z_0-9]{0,59}$/.test(error.code)) return error.code;
  return error.cause instanceof Error ? reasonIn(error.cause) : error.name;
}
