import { activityInfo, ApplicationFailure, cancellationSignal, log } from '@temporalio/activity';
import { z } from 'zod';
import type { Models } from '../workflows/schema/experiment-input.ts';
import { failureType } from '../workflows/domain/failure-type.ts';
import type { Spending } from '../workflows/domain/budget.ts';
import type { Round } from '../workflows/domain/reply.ts';
import { withHeartbeat } from './adapters/heartbeat.ts';
import type { ArtifactFolder } from './adapters/artifact-store.ts';
import type { LanguageModelReply, LanguageModelRequest } from './adapters/language-model.ts';
import { sha256 } from './adapters/local-artifact-store.ts';
import { composeMessages, type PromptInputs } from './adapters/prompt-library.ts';
import type { LanguageModelDependencies } from './dependencies.ts';

/** Who asks what, and for which time: together the call's id. All of it comes from workflow state. */
export interface Call extends Round {
  experimentId: string;
  /** `trial-007`, `plan-002`, `report` */
  owner: string;
  prompt: string;
  models: Models;
  inputs: PromptInputs;
}

export interface Answered {
  text: string;
  spending: Spending;
}

const transcriptSchema = z.object({
  requestSha256: z.string(),
  reply: z.object({
    text: z.string(),
    model: z.string(),
    inputTokens: z.number(),
    outputTokens: z.number(),
    cost: z.number().nullable(),
  }),
});

/**
 * At most one paid request per call id: the reply is on disk before this returns, and a retry finds it there. A
 * stored reply answers only the very same request; one to another request is kept beside the new one.
 */
export async function askLanguageModel(dependencies: LanguageModelDependencies, call: Call): Promise<Answered> {
  const prompt = dependencies.prompts.get(call.prompt);
  const problems = call.problems.length > 0 ? call.problems.join('\n') : null;
  const messages = composeMessages(prompt, { ...call.inputs, 'problems of your last reply': problems });
  const request = { prompt: prompt.name, model: dependencies.modelFor(prompt.role, call.models), messages };
  const requestSha256 = sha256(JSON.stringify(request));

  const folder = dependencies.artifacts.folder(call.experimentId);
  const path = `llm/${call.owner}/${call.prompt}-${call.round}.json`;
  const stored = await storedReply(folder, path, requestSha256);
  if (stored !== null) return answered(stored);

  const startedAt = new Date();
  const reply = await complete(dependencies, request);
  const seconds = (Date.now() - startedAt.getTime()) / 1000;
  const transcript = { requestSha256, request, reply, startedAt: startedAt.toISOString(), seconds };
  await folder.write(path, `${JSON.stringify(transcript, null, 2)}\n`);
  return answered(reply);
}

async function storedReply(
  folder: ArtifactFolder,
  path: string,
  requestSha256: string,
): Promise<LanguageModelReply | null> {
  const text = await folder.readIfPresent(path);
  if (text === null) return null;
  const transcript = transcriptSchema.parse(JSON.parse(text));
  if (transcript.requestSha256 === requestSha256) return transcript.reply;
  log.warn('a stored reply answers another request, so the model is asked again', { path });
  await folder.rename(path, path.replace(/\.json$/, `.${transcript.requestSha256.slice(0, 8)}.json`));
  return null;
}

/** Asking again for a reply that keeps coming back cut is paying again: after this many attempts it is final. */
const mostIncompleteReplies = 5;

async function complete(
  dependencies: LanguageModelDependencies,
  request: LanguageModelRequest,
): Promise<LanguageModelReply> {
  const { attempt } = activityInfo();
  try {
    return await withHeartbeat({ model: request.model, attempt }, () =>
      dependencies.languageModel.complete(request, cancellationSignal()),
    );
  } catch (error) {
    const isIncomplete = error instanceof ApplicationFailure && error.type === failureType.modelIncompleteReply;
    if (isIncomplete && attempt >= mostIncompleteReplies) {
      throw ApplicationFailure.nonRetryable(`${error.message} This was attempt ${attempt}.`, error.type);
    }
    throw error;
  }
}

function answered(reply: LanguageModelReply): Answered {
  const { inputTokens, outputTokens, cost } = reply;
  return { text: reply.text, spending: { calls: 1, inputTokens, outputTokens, cost, trainingSeconds: 0 } };
}
