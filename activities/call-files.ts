import { log } from '@temporalio/activity';
import { z } from 'zod';
import { modelSpendingSchema } from '../workflows/schema/model-spending.ts';
import type { ArtifactFolder } from './adapters/artifact-store.ts';
import { callAttemptsSchema, noAttempts, type CallAttempts } from './call-attempts.ts';
import type { ChatMessage, LanguageModelReply, ReplyEnding } from './language-model/language-model.ts';
import { outputRungs } from './language-model/output-rung.ts';
import type { Cost } from './language-model/price-table.ts';

/** A reply to a cut prompt is never stored: it answers another question. */
const storedEndings = ['complete', 'cut', 'refused', 'empty', 'runaway'] as const satisfies readonly ReplyEnding[];

/** What is read back of a call's file; the request and the times in it are for people. */
const storedCallSchema = z.object({
  questionSha256: z.string(),
  rung: z.enum(outputRungs).nullable(),
  reply: z.object({
    ending: z.enum(storedEndings),
    text: z.string(),
  }),
  /** With its failed attempts. */
  spent: modelSpendingSchema,
});

export type StoredCall = z.infer<typeof storedCallSchema>;

/** All that a call's file holds. */
export interface CallTranscript extends StoredCall {
  /** `provider/model` */
  target: string;
  request: { messages: ChatMessage[]; parameters: object; mostOutputTokens: number | null };
  /** What did not fit into the model's context. */
  leftOut: { name: string; tokens: number }[];
  reply: LanguageModelReply & StoredCall['reply'];
  cost: Cost;
  startedAt: string;
  seconds: number;
}

/** The files of one call: its reply, and what its failed attempts came to. */
export interface CallFiles {
  questionSha256: string;
  /** A stored reply answers only the very same question; one to another question is kept beside the new one. */
  storedCall(): Promise<StoredCall | null>;
  storeCall(transcript: CallTranscript): Promise<void>;
  attempts(): Promise<CallAttempts>;
  storeAttempts(attempts: CallAttempts): Promise<void>;
}

/** `path` without its ending: `llm/trial-007/analyze-trial-1`. */
export function callFiles(folder: ArtifactFolder, path: string, questionSha256: string): CallFiles {
  const transcriptPath = `${path}.json`;
  const attemptsPath = `${path}.attempts.json`;
  return {
    questionSha256,
    async storedCall() {
      const stored = await readStoredCall(folder, path);
      if (stored === null || stored.questionSha256 === questionSha256) return stored;
      log.warn('a stored reply answers another question, so the model is asked again', { path: transcriptPath });
      const kept = `${path}.${stored.questionSha256.slice(0, 8)}`;
      // What its attempts have spent is counted with it.
      await folder.renameIfPresent(attemptsPath, `${kept}.attempts.json`);
      await folder.rename(transcriptPath, `${kept}.json`);
      return null;
    },
    storeCall: async (transcript) => void (await folder.write(transcriptPath, json(transcript))),
    async attempts() {
      const text = await folder.readIfPresent(attemptsPath);
      return text === null ? noAttempts : callAttemptsSchema.parse(JSON.parse(text));
    },
    storeAttempts: async (attempts) => void (await folder.write(attemptsPath, json(attempts))),
  };
}

export async function readStoredCall(folder: ArtifactFolder, path: string): Promise<StoredCall | null> {
  const text = await folder.readIfPresent(`${path}.json`);
  return text === null ? null : storedCallSchema.parse(JSON.parse(text));
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
