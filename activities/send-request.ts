import { activityInfo, ApplicationFailure, CancelledFailure, Context, log } from '@temporalio/activity';
import { z } from 'zod';
import type { ModelSpending } from '../workflows/schema/model-spending.ts';
import { addModelSpending, spendingOf, type Spending } from '../workflows/domain/budget.ts';
import { failureType } from '../workflows/domain/failure-type.ts';
import { withHeartbeat } from './adapters/heartbeat.ts';
import { afterFailure, type AfterFailure, type CallAttempts } from './call-attempts.ts';
import type { CallFiles, CallTranscript } from './call-files.ts';
import type { LanguageModelDependencies } from './dependencies.ts';
import type { Draft, DraftedRequest } from './draft-request.ts';
import type { Experience } from './language-model/endpoint-memory.ts';
import type { LanguageModelReply, Usage } from './language-model/language-model.ts';
import type { ModelTarget } from './language-model/model-target.ts';
import { rungBelow } from './language-model/output-rung.ts';
import { costOf } from './language-model/price-table.ts';
import { isModelFailure, modelFailure, type ModelFailure } from './model-failure.ts';
import { storePatiently } from './store-patiently.ts';

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
  // While nothing can be stored, nothing is paid for.
  await dependencies.artifacts.assertWritable();
  const startedAt = new Date();
  const progress: Progress = { isSent: false, outputTokens: 0 };
  try {
    const reply = await complete(dependencies, attempt, progress);
    const { ending } = reply;
    if (ending === 'promptCut') throw promptCut(attempt, reply);
    const transcript = transcriptOf(dependencies, attempt, { reply: { ...reply, ending }, startedAt });
    await storePatiently('the reply', () => attempt.files.storeCall(transcript));
    learnCost(dependencies, attempt.draft.target, transcript);
    return transcript;
  } catch (error) {
    if (isModelFailure(error)) throw await recordFailure(dependencies, attempt, error);
    if (error instanceof CancelledFailure && progress.isSent) await recordAbort(attempt, progress);
    throw error;
  }
}

interface Progress {
  isSent: boolean;
  /** Received so far, about. */
  outputTokens: number;
}

async function complete(
  { languageModel }: LanguageModelDependencies,
  { draft, drafted }: Attempt,
  progress: Progress,
): Promise<LanguageModelReply> {
  const { attempt } = activityInfo();
  const onProgress = (tokens: number) => void (progress.outputTokens = tokens);
  const signal = cancellationUnless(() => progress.outputTokens > 0);
  progress.isSent = !signal.aborted;
  return await withHeartbeat(
    () => ({ model: draft.target.name, attempt, outputTokens: progress.outputTokens }),
    () => languageModel.complete(draft.target, drafted.request, { signal, onProgress }),
  );
}

/** What was sent and broken off by us is paid for, about as far as it had come. */
async function recordAbort({ draft, drafted, attempts, files }: Attempt, { outputTokens }: Progress): Promise<void> {
  const usage = { inputTokens: drafted.request.promptTokens, outputTokens, isEstimated: true };
  const spent = spentBy(usage, costOf(usage, null, draft.target.price ?? draft.price).usd);
  await files.storeAttempts({ ...attempts, spent: addModelSpending(attempts.spent, spent) });
}

/**
 * A reply that has begun is paid for, so a cancellation waits for its end. Where the worker ends first it breaks off, and
 * where it does so after a cancellation, only when the worker is gone.
 */
function cancellationUnless(hasBegun: () => boolean): AbortSignal {
  const context = Context.current();
  const { cancellationSignal } = context;
  const abort = new AbortController();
  const onCancel = (): void => {
    const isAskedFor = context.cancellationDetails?.cancelRequested === true;
    if (!isAskedFor || !hasBegun()) abort.abort(cancellationSignal.reason);
  };
  if (cancellationSignal.aborted) onCancel();
  else cancellationSignal.addEventListener('abort', onCancel, { once: true });
  return abort.signal;
}

/** An answer to half a question is none, however complete it looks; its input tokens say what the server takes in. */
function promptCut({ draft }: Attempt, { usage }: LanguageModelReply): ApplicationFailure {
  const message = `${draft.target.name} has read only ${usage.inputTokens} tokens of the prompt.`;
  return modelFailure(failureType.modelPromptTooLong, message, [{ limitTokens: usage.inputTokens, ...usage }]);
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
    reply: redactor.redactDeep(reply),
    cost,
    startedAt: startedAt.toISOString(),
    seconds: (Date.now() - startedAt.getTime()) / 1000,
    spent: addModelSpending(attempts.spent, spentBy(reply.usage, cost.usd)),
  };
}

function spentBy({ inputTokens, outputTokens }: Usage, cost: number | null): ModelSpending {
  return { calls: 1, inputTokens, outputTokens, cost: cost ?? 0, unpricedCalls: cost === null ? 1 : 0 };
}

/** What is not reported for every call is estimated by the dearest that was. */
function learnCost({ memory }: LanguageModelDependencies, target: ModelTarget, { cost, reply }: CallTranscript): void {
  const tokens = reply.usage.inputTokens + reply.usage.outputTokens;
  if (cost.source !== 'provider' || tokens === 0) return;
  const dollarsPerToken = cost.usd / tokens;
  if (dollarsPerToken > (memory.of(target).dollarsPerToken ?? 0)) memory.learn(target, { dollarsPerToken });
}

/** What the adapter says of a failure beside its type. */
const failureDetailsSchema = z.object({
  inputTokens: z.number().optional(),
  outputTokens: z.number().optional(),
  reportedCost: z.number().nullish(),
  limitTokens: z.number().nullish(),
  outputLimitTokens: z.number().nullish(),
});
type FailureDetails = z.infer<typeof failureDetailsSchema>;

/**
 * What a failed attempt has cost, and what it has taught; returns what is to be thrown. A request that could not even be
 * drafted has no `drafted`.
 */
export async function recordFailure(
  dependencies: LanguageModelDependencies,
  attempt: Omit<Attempt, 'drafted'> & Partial<Attempt>,
  failure: ModelFailure,
): Promise<ApplicationFailure> {
  const { draft, drafted, attempts, files, targets } = attempt;
  const { target, prompt } = draft;
  const details = failureDetailsSchema.parse(failure.details?.[0] ?? {});
  const learnt = learntFrom(draft, {
    type: failure.type,
    details,
    sentTokens: drafted?.request.mostOutputTokens ?? null,
  });
  const failed = { target: target.name, type: failure.type, at: new Date().toISOString() };
  const after = afterFailure(
    attempts,
    { ...failed, spent: partlySpent(draft, details), isLimitLearnt: Object.keys(learnt).length > 0 },
    targets.map(({ name }) => name),
  );
  await storePatiently('what a failed attempt has cost', () => files.storeAttempts(after.attempts));
  dependencies.memory.learn(target, learnt);
  if (after.type !== failure.type) {
    log.warn(failure.message, { type: failure.type, model: target.name, next: after.attempts.target });
  }
  return failureToThrow(failure, after, spendingOf(prompt.role, after.attempts.spent));
}

/** No model takes in less, or writes less; a smaller number is a slip of the server's. */
const leastContextTokens = 2_048;
const leastOutputTokens = 256;

/** Only what was not known: that is what the next attempt does differently. */
function learntFrom(
  { output, contextTokens, mostOutputTokens }: Draft,
  { type, details, sentTokens }: { type: string; details: FailureDetails; sentTokens: number | null },
): Experience {
  if (type === failureType.modelFormatUnsupported && output !== null) return { rung: rungBelow(output.rung) };
  const context = Math.max(leastContextTokens, details.limitTokens ?? Infinity);
  if (context < contextTokens) return { contextTokens: context };
  if (type !== failureType.modelOutputLimitTooHigh) return {};
  const known = Math.min(sentTokens ?? Infinity, mostOutputTokens ?? Infinity);
  const limit = Math.max(leastOutputTokens, details.outputLimitTokens ?? Math.ceil(known / 2));
  return limit < known && Number.isFinite(limit) ? { outputLimitTokens: limit } : {};
}

function partlySpent({ target, price }: Draft, details: FailureDetails): ModelSpending | null {
  const { inputTokens, outputTokens, reportedCost } = details;
  if (inputTokens === undefined || outputTokens === undefined) return null;
  const usage = { inputTokens, outputTokens, isEstimated: true };
  return spentBy(usage, costOf(usage, reportedCost ?? null, target.price ?? price).usd);
}

/** With what the call has spent so far, for whoever waits for it in vain. */
function failureToThrow(
  failure: ModelFailure,
  { type, attempts, delaySeconds }: AfterFailure,
  spent: Spending,
): ApplicationFailure {
  const isFallingBack = type === failureType.modelFallsBack;
  const message = isFallingBack
    ? `${failure.message} ${attempts.target ?? 'Another model'} is asked next.`
    : failure.message;
  const delay = delaySeconds === null ? failure.nextRetryDelay : delaySeconds * 1000;
  const details = [spent];
  return ApplicationFailure.create({ type, message, details, ...(delay == null ? {} : { nextRetryDelay: delay }) });
}
