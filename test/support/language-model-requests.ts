import type { ApplicationFailure } from '@temporalio/common';
import type { LanguageModelReply, LanguageModelRequest } from '../../activities/language-model/language-model.ts';
import type { ModelTarget } from '../../activities/language-model/model-target.ts';
import { openaiLanguageModel } from '../../activities/language-model/openai-language-model.ts';
import type { OutputRung } from '../../activities/language-model/output-rung.ts';
import type { Provider } from '../../activities/language-model/provider.ts';
import { failureOf } from './failures.ts';
import { withHostileEndpoint, type Answer } from './hostile-endpoint.ts';

export const plantedKey = 'sk-secret-0123456789';

export function aProvider(overrides: Partial<Provider> = {}): Provider {
  return {
    name: 'some-provider',
    baseUrl: 'http://127.0.0.1:9/v1',
    key: { variable: 'SOME_API_KEY', isRequired: true },
    firstRung: 'strictSchema',
    outputTokensName: 'max_tokens',
    mayCutPrompts: false,
    reportsCost: false,
    contextTokens: 128_000,
    timeouts: { firstTokenSeconds: 20, idleSeconds: 20, totalSeconds: 30 },
    ...overrides,
  };
}

export function aTarget({
  provider,
  ...overrides
}: Partial<Omit<ModelTarget, 'provider'>> & { provider?: Partial<Provider> } = {}): ModelTarget {
  return {
    name: 'some-provider/some-model',
    model: 'some-model',
    provider: aProvider(provider),
    apiKey: plantedKey,
    parameters: {},
    price: null,
    ...overrides,
  };
}

export function aRequest(overrides: Partial<LanguageModelRequest> = {}): LanguageModelRequest {
  return {
    prompt: 'draft-plan',
    messages: [
      { role: 'system', content: 'You plan.' },
      { role: 'user', content: 'Plan this.' },
    ],
    output: null,
    mostOutputTokens: null,
    promptTokens: 2_000,
    ...overrides,
  };
}

export const someJsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  properties: { finding: { type: 'string', maxLength: 600 } },
  required: ['finding'],
};

export function aRequestOn(rung: OutputRung, overrides: Partial<LanguageModelRequest> = {}): LanguageModelRequest {
  return aRequest({ output: { rung, name: 'analyze_trial', jsonSchema: someJsonSchema }, ...overrides });
}

export interface Question {
  target?: Parameters<typeof aTarget>[0];
  request?: LanguageModelRequest;
  signal?: AbortSignal;
  onProgress?: (outputTokens: number) => void;
}

/** Sends one request. */
export async function ask({ baseUrl }: { baseUrl: string }, question: Question = {}): Promise<LanguageModelReply> {
  const {
    target,
    request = aRequest(),
    signal = new AbortController().signal,
    onProgress = () => undefined,
  } = question;
  const whole = aTarget({ ...target, provider: { baseUrl, ...target?.provider } });
  return await openaiLanguageModel().complete(whole, request, { signal, onProgress });
}

export async function replyTo(answer: Answer, question: Question = {}): Promise<LanguageModelReply> {
  return await withHostileEndpoint(answer, (endpoint) => ask(endpoint, question));
}

export async function failureFor(answer: Answer, question: Question = {}): Promise<ApplicationFailure> {
  return await withHostileEndpoint(answer, (endpoint) => failureOf(ask(endpoint, question)));
}
