import { messageBytes } from '../../workflows/domain/read-payload.ts';
import { readFeedback } from '../../workflows/domain/read-signal.ts';
import { feedbackSignal } from '../../workflows/messages.ts';
import { feedbackEffect } from '../steering/describe-effect.ts';
import { readWords } from '../steering/read-words.ts';
import { say } from '../steering/say.ts';
import { signature } from '../steering/signature.ts';
import { UserError } from '../user-error.ts';

export interface FeedbackOptions {
  file?: string;
  by?: string;
  json?: boolean;
}

export async function feedback(id: string, given: string | undefined, options: FeedbackOptions): Promise<number> {
  const { file, by, json = false } = options;
  const payload = { text: await wordsOf(id, given, file), ...signature(by) };
  return await say(id, { signal: feedbackSignal, payload, read: readFeedback, describe: feedbackEffect }, json);
}

async function wordsOf(id: string, given: string | undefined, file: string | undefined): Promise<string> {
  if (given !== undefined && file !== undefined) throw new UserError('Give the words or --file, not both.', 2);
  if (given !== undefined && given !== '-') return given;
  const source = file ?? given;
  if (source !== undefined) return await readWords(source, messageBytes);
  throw new UserError(`Say something: \`longrun feedback ${id} "WORDS"\`, or --file FILE, or - for standard input.`, 2);
}
