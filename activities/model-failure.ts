import { ApplicationFailure } from '@temporalio/activity';

/** A failure of one of the types `LanguageModel.*`. */
export type ModelFailure = ApplicationFailure & { type: string };

export function isModelFailure(error: unknown): error is ModelFailure {
  return error instanceof ApplicationFailure && error.type?.startsWith('LanguageModel.') === true;
}

export function modelFailure(type: string, message: string, details: unknown[] = []): ModelFailure {
  return Object.assign(ApplicationFailure.create({ type, message, details }), { type });
}
