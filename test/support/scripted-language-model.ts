import type {
  LanguageModel,
  LanguageModelReply,
  LanguageModelRequest,
  ReplyEnding,
  Watch,
} from '../../activities/language-model/language-model.ts';
import type { ModelTarget } from '../../activities/language-model/model-target.ts';

export interface ScriptedLanguageModel extends LanguageModel {
  requests: LanguageModelRequest[];
  /** Who was asked, by name. */
  asked: string[];
}

export type ScriptedReply = string | LanguageModelReply | Error | ((watch: Watch) => Promise<string>);

/**
 * Gives these replies, one a request: a text is a complete reply, an error is thrown, a function decides. Throws when
 * it is asked once more than its script has replies.
 */
export function scriptedLanguageModel(...script: ScriptedReply[]): ScriptedLanguageModel {
  const requests: LanguageModelRequest[] = [];
  const asked: string[] = [];
  return {
    requests,
    asked,
    async complete(target: ModelTarget, request, watch) {
      const next = script[requests.length];
      requests.push(request);
      asked.push(target.name);
      if (next === undefined) throw new Error(`The language model was asked once too often: ${request.prompt}.`);
      if (next instanceof Error) throw next;
      if (typeof next === 'object') return next;
      return aReply(typeof next === 'string' ? next : await next(watch));
    },
  };
}

export function aReply(text: string, ending: ReplyEnding = 'complete'): LanguageModelReply {
  const usage = { inputTokens: 10, outputTokens: 5, isEstimated: false };
  return { ending, text, model: 'some-model-2026', usage, reportedCost: 0.25 };
}
