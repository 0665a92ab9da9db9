import { activityInfo, ApplicationFailure, cancellationSignal, log } from '@temporalio/activity';
import { z } from 'zod';
import type { ModelSpending } from '../workflows/schema/model-spending.ts';
import { addModelSpending } from '../workflows/domain/budget.ts';
import { failureType } from '../workflows/domain/failure-type.ts';
import { withHeartbeat } from './adapters/heartbeat.ts';
import { afterFailure, type AfterFailure, type CallAttempts } from './call-attempts.ts';
import type { CallFiles, CallTranscript } from './call-files.ts';
import type { LanguageModelDependencies } from './dependencies.ts';
import type { Draft, DraftedRequest } from './draft-request.ts';
import type { LanguageModelReply, Usage } from './language-model/language-model.ts';
import type { ModelTarget } from './language-model/model-target.ts';
import { rungBelow } from './language-model/output-rung.ts';
import { costOf } from './language-model/price-table.ts';

/** One attempt of a call: what is sent, to whom, and where its traces go. */
export interface Attempt {
  draft: Draft;
  drafted: Extract<DraftedRequest, { kind: 'affordable' }>;
  attempts: CallAttempts;
  files: CallFiles;
  targets: ModelTarget[];
}

/**
 * Sends one request. What comes back is on disk before this returns; a failure is on disk before it is thrown, with
 * what it cost and what the next attempt does differently.
 */
export async function sendRequest(dependencies: LanguageModelDependencies, attempt: Attempt): Promise<CallTranscript> {
  const startedAt = new Date();
  try {
    const reply = await complete(dependencies, attempt);
    const { ending } = reply;
    if (ending === 'promptCut') throw promptCut(attempt, reply);
    const transcript = transcriptOf(dependencies, attempt, { reply: { ...reply, ending }, startedAt });
    await attempt.files.storeCall(transcript);
    return transcript;
  } catch (error) {
    if (!isOfModel(error)) throw error;
    throw await recordFailure(dependencies, attempt, error);
  }
}

type ModelFailure = ApplicationFailure & { type: string };

function isOfModel(error: unknown): error is ModelFailure {
  return error instanceof ApplicationFailure && error.type?.startsWith('LanguageModel.') === true;
}

async function complete(
  { languageModel }: LanguageModelDependencies,
  { draft, drafted }: Attempt,
): Promise<LanguageModelReply> {
  const { attempt } = activityInfo();
  let outputTokens = 0;
  const onProgress = (tokens: number) => void (outputTokens = tokens);
  return await withHeartbeat(
    () => ({ model: draft.target.name, attempt, outputTokens }),
    () => languageModel.complete(draft.target, drafted.request, { signal: cancellationSignal(), onProgress }),
  );
}

/** An answer to half a question is none, however complete it looks; its input tokens say what the server takes in. */
function promptCut({ draft }: Attempt, { usage }: LanguageModelReply): ApplicationFailure {
  return ApplicationFailure.create({
    type: failureType.modelPromptTooLong,
    message: `${draft.target.name} has read only ${usage.inputTokens} tokens of the prompt.`,
    details: [{ limitTokens: usage.inputTokens, ...usage }],
  });
}

function transcriptOf(
  { redactor }: LanguageModelDependencies,
  { draft, drafted, attempts, files }: Attempt,
  { reply, startedAt }: { reply: CallTranscript['reply']; startedAt: Date },
): CallTranscript {
  const { target, output } = draft;
  const { messages, mostOutputTokens } = drafted.request;
  const cost = costOf(reply.usage, reply.reportedCost, target.price);
  return {
    questionSha256: files.questionSha256,
    target: target.name,
    rung: output?.rung ?? null,
    request: { messages: redactor.redactDeep(messages), parameters: target.parameters, mostOutputTokens },
    leftOut: drafted.leftOut,
    reply: { ...reply, text: redactor.redact(reply.text) },
    cost,
    startedAt: startedAt.toISOString(),
    seconds: (Date.now() - startedAt.getTime()) / 1000,
    spent: addModelSpending(attempts.spent, spentBy(reply.usage, cost.usd)),
  };
}

function spentBy({ inputTokens, outputTokens }: Usage, cost: number | null): ModelSpending {
  return { calls: 1, inputTokens, outputTokens, cost };
}

/** What the adapter says of a failure beside its type. */
const failureDetailsSchema = z.object({
  inputTokens: z.number().optional(),
  outputTokens: z.number().optional(),
  limitTokens: z.number().nullish(),
});

/** First what was paid, then what was learnt. */
async function recordFailure(
  dependencies: LanguageModelDependencies,
  { draft, attempts, files, targets }: Attempt,
  failure: ModelFailure,
): Promise<ApplicationFailure> {
  const { target } = draft;
  const details = failureDetailsSchema.parse(failure.details?.[0] ?? {});
  const at = new Date().toISOString();
  const after = afterFailure(
    attempts,
    { target: target.name, type: failure.type, at, spent: partlySpent(target, details) },
    targets.map(({ name }) => name),
  );
  await files.storeAttempts(after.attempts);
  learnFrom(dependencies, draft, { type: failure.type, limitTokens: details.limitTokens ?? null });
  if (after.type !== failure.type) {
    log.warn(failure.message, { type: failure.type, model: target.name, next: after.attempts.target });
  }
  return failureToThrow(failure, after);
}

function learnFrom(
  { memory }: LanguageModelDependencies,
  { target, output }: Draft,
  { type, limitTokens }: { type: string; limitTokens: number | null },
): void {
  if (type === failureType.modelFormatUnsupported && output !== null) {
    memory.learn(target, { rung: rungBelow(output.rung) });
  }
  if (limitTokens !== null) memory.learn(target, { contextTokens: limitTokens });
}

function partlySpent(target: ModelTarget, details: z.infer<typeof failureDetailsSchema>): ModelSpending | null {
  const { inputTokens, outputTokens } = details;
  if (inputTokens === undefined || outputTokens === undefined) return null;
  const usage = { inputTokens, outputTokens, isEstimated: true };
  return spentBy(usage, costOf(usage, null, target.price).usd);
}

function failureToThrow(failure: ModelFailure, { type, attempts, delaySeconds }: AfterFailure): ApplicationFailure {
  const isFallingBack = type === failureType.modelFallsBack;
  const message = isFallingBack
    ? `${failure.message} ${attempts.target ?? 'Another model'} is asked next.`
    : failure.message;
  const delay = delaySeconds === null ? failure.nextRetryDelay : delaySeconds * 1000;
  return ApplicationFailure.create({ type, message, ...(delay == null ? {} : { nextRetryDelay: delay }) });
}
