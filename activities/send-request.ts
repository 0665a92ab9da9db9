import { activityInfo, ApplicationFailure, cancellationSignal, log } from '@temporalio/activity';
import { z } from 'zod';
import { addModelSpending, type ModelSpending } from '../workflows/domain/budget.ts';
import { failureType } from '../workflows/domain/failure-type.ts';
import { withHeartbeat } from './adapters/heartbeat.ts';
import { afterFailure, type CallAttempts } from './call-attempts.ts';
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
    if (reply.ending === 'promptCut') throw promptCut(attempt, reply);
    const transcript = transcriptOf(dependencies, attempt, { reply, startedAt });
    await attempt.files.storeCall(transcript);
    return transcript;
  } catch (error) {
    if (!(error instanceof ApplicationFailure) || !isOfModel(error)) throw error;
    throw await failed(dependencies, attempt, error);
  }
}

function isOfModel({ type }: ApplicationFailure): boolean {
  return type?.startsWith('LanguageModel.') === true;
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
  { reply, startedAt }: { reply: LanguageModelReply; startedAt: Date },
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

async function failed(
  { memory }: LanguageModelDependencies,
  attempt: Attempt,
  failure: ApplicationFailure,
): Promise<ApplicationFailure> {
  const { draft, attempts, files, targets } = attempt;
  const { target, output } = draft;
  const details = failureDetailsSchema.safeParse(failure.details?.[0]).data ?? {};
  if (failure.type === failureType.modelFormatUnsupported && output !== null) {
    memory.learn(target, { rung: rungBelow(output.rung) });
  }
  if (typeof details.limitTokens === 'number') memory.learn(target, { contextTokens: details.limitTokens });

  const {
    attempts: newest,
    type,
    delaySeconds,
  } = afterFailure(
    attempts,
    {
      target: target.name,
      type: failure.type ?? failureType.modelUnavailable,
      at: new Date().toISOString(),
      spent: partlySpent(target, details),
    },
    targets.map(({ name }) => name),
  );
  await files.storeAttempts(newest);
  if (type !== failure.type) log.warn(failure.message, { type: failure.type, model: target.name, next: newest.target });
  return throwable(failure, type, { target: newest.target, delaySeconds });
}

function partlySpent(target: ModelTarget, details: z.infer<typeof failureDetailsSchema>): ModelSpending | null {
  const { inputTokens, outputTokens } = details;
  if (inputTokens === undefined || outputTokens === undefined) return null;
  const usage = { inputTokens, outputTokens, isEstimated: true };
  return spentBy(usage, costOf(usage, null, target.price).usd);
}

function throwable(
  failure: ApplicationFailure,
  type: string,
  { target, delaySeconds }: { target: string | null; delaySeconds: number | null },
): ApplicationFailure {
  const isOther = type === failureType.modelFallsBack;
  const message = isOther ? `${failure.message} ${target ?? 'Another model'} is asked next.` : failure.message;
  const delay = delaySeconds === null ? failure.nextRetryDelay : delaySeconds * 1000;
  return ApplicationFailure.create({ type, message, ...(delay == null ? {} : { nextRetryDelay: delay }) });
}
