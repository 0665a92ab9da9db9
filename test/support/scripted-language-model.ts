import type {
  LanguageModel,
  LanguageModelReply,
  LanguageModelRequest,
} from '../../activities/adapters/language-model.ts';

export interface ScriptedLanguageModel extends LanguageModel {
  requests: LanguageModelRequest[];
}

/**
 * Gives these replies, one a request: a text is replied, an error is thrown, a function decides. Throws when it is
 * asked once more than its script has replies.
 */
export function scriptedLanguageModel(
  ...script: (string | Error | ((signal: AbortSignal) => Promise<string>))[]
): ScriptedLanguageModel {
  const requests: LanguageModelRequest[] = [];
  return {
    requests,
    async complete(request, signal) {
      const next = script[requests.length];
      requests.push(request);
      if (next === undefined) throw new Error(`The language model was asked once too often: ${request.prompt}.`);
      if (next instanceof Error) throw next;
      return aReply(typeof next === 'string' ? next : await next(signal));
    },
  };
}

export function aReply(text: string): LanguageModelReply {
  return { text, model: 'some-model-2026', inputTokens: 10, outputTokens: 5, cost: 0.25 };
}
