import { afterSpending } from '../workflows/domain/allowance.ts';
import { spendingOf, type Spending } from '../workflows/domain/budget.ts';
import type { Round, UnusableReply } from '../workflows/domain/reply.ts';
import { sha256 } from './adapters/local-artifact-store.ts';
import { withTargets, type CallAttempts } from './call-attempts.ts';
import { callFiles, readStoredCall, type StoredCall } from './call-files.ts';
import type { LanguageModelDependencies } from './dependencies.ts';
import { draftRequest, smallest, type Draft, type OutputForm } from './draft-request.ts';
import { joinContinuation } from './join-continuation.ts';
import type { ModelTarget } from './language-model/model-target.ts';
import type { OutputRung } from './language-model/output-rung.ts';
import type { Price } from './language-model/price-table.ts';
import type { Prompt, PromptInputs } from './language-model/prompt-library.ts';
import { recordFailure, sendRequest } from './send-request.ts';
import { withoutThoughts } from './without-thoughts.ts';

/** Who asks what, and for which time: together the call's id. All of it comes from workflow state. */
export interface Call extends Round {
  experimentId: string;
  /** `trial-007`, `plan-002`, `report` */
  owner: string;
  prompt: string;
  inputs: PromptInputs;
  /** Null where plain Markdown serves. */
  output: OutputForm | null;
}

/** A complete reply, its earlier parts included where it continues one; or why there is none. */
export type Answered = { kind: 'complete'; text: string; spending: Spending; asked: AskedModel | null } | UnusableReply;

/** Who has just answered, and how it was asked for JSON; null in its place: the reply was found on disk. */
export interface AskedModel {
  target: ModelTarget;
  rung: OutputRung | null;
}

/**
 * At most one paid request per call id: the reply is on disk before this returns, and a retry finds it there. One
 * attempt is one request; what an attempt has learnt (a smaller context, a lower rung, another model) is kept on disk
 * for the next one.
 */
export async function askLanguageModel(dependencies: LanguageModelDependencies, call: Call): Promise<Answered> {
  const prompt = dependencies.prompts.get(call.prompt);
  const problems = call.problems.length > 0 ? call.problems.join('\n') : null;
  const inputs = dependencies.redactor.redactDeep({ ...call.inputs, 'problems of your last reply': problems });
  const question = { prompt: prompt.name, system: prompt.system, inputs, output: call.output };
  const folder = dependencies.artifacts.folder(call.experimentId);
  const files = callFiles(folder, callPath(call, call.round), sha256(JSON.stringify(question)));
  const begun = await begunReply(dependencies, call);

  const stored = await files.storedCall();
  if (stored !== null) return answered({ call, prompt, begun }, stored, null);
  const targets = dependencies.models.targetsFor(prompt.role, call.models);
  const attempts = withTargets(
    await files.attempts(),
    targets.map(({ name }) => name),
  );
  const draft = draftFor(dependencies, { call, prompt, inputs, begun }, { attempts, targets });
  const drafted = draftRequest(draft);
  const spent = spendingOf(prompt.role, attempts.spent);
  if (drafted.kind === 'overBudget') return { ...drafted, spending: spent };
  if (drafted.kind === 'neverFits') {
    throw await recordFailure(dependencies, { draft, attempts, files, targets }, drafted.failure);
  }
  if (drafted.kind === 'tooLong') return { kind: 'unusable', problems: [drafted.problem], spending: spent };
  const sent = await sendRequest(dependencies, { draft, drafted, attempts, files, targets });
  return answered({ call, prompt, begun }, sent, { target: draft.target, rung: sent.rung });
}

/** What is asked: the call with its prompt, its inputs, and the reply that it continues. */
interface Question {
  call: Call;
  prompt: Prompt;
  inputs: PromptInputs;
  begun: string | null;
}

function draftFor(
  dependencies: LanguageModelDependencies,
  { call, prompt, inputs, begun }: Question,
  { attempts, targets }: { attempts: CallAttempts; targets: ModelTarget[] },
): Draft {
  const target = targets.find(({ name }) => name === attempts.target) ?? targets[0];
  if (target === undefined) throw new Error(`No model plays the ${prompt.role}.`);
  const experience = dependencies.memory.of(target);
  const contextTokens = target.parameters.contextTokens ?? target.provider.contextTokens;
  return {
    target,
    prompt,
    inputs,
    output: call.output === null ? null : { ...call.output, rung: experience.rung ?? target.provider.firstRung },
    begun,
    contextTokens: Math.min(contextTokens, experience.contextTokens ?? Infinity),
    mostOutputTokens: smallest(target.parameters.mostOutputTokens ?? null, experience.outputLimitTokens ?? null),
    price: target.price ?? flatPrice(experience.dollarsPerToken),
    shrinks: attempts.blindShrinks,
    allowance: afterSpending(call.allowance, attempts.spent),
  };
}

/** Where nobody says the price before, a token costs what the dearest has cost. */
function flatPrice(dollarsPerToken: number | undefined): Price | null {
  if (dollarsPerToken === undefined) return null;
  const perMillion = dollarsPerToken * 1_000_000;
  return { input: perMillion, output: perMillion };
}

function callPath({ owner, prompt }: Call, round: number): string {
  return `llm/${owner}/${prompt}-${round}`;
}

/** The parts of the reply that this call continues, joined; null where it begins one. */
async function begunReply({ artifacts }: LanguageModelDependencies, call: Call): Promise<string | null> {
  if (call.continues === null) return null;
  const folder = artifacts.folder(call.experimentId);
  let begun = '';
  for (let round = call.continues; round < call.round; round += 1) {
    const part = await readStoredCall(folder, callPath(call, round));
    if (part === null) throw new Error(`The part ${callPath(call, round)} of a reply is gone.`);
    begun = joinContinuation(begun, withoutThoughts(part.reply.text));
  }
  return begun;
}

const emptyReply = 'the reply was empty: think less, and write the reply itself';

function answered(
  { call, prompt, begun }: Omit<Question, 'inputs'>,
  { reply, spent, rung }: StoredCall,
  asked: AskedModel | null,
): Answered {
  const spending = spendingOf(prompt.role, spent);
  const unusable = (problem: string): Answered => ({ kind: 'unusable', problems: [problem], spending });
  switch (reply.ending) {
    case 'complete': {
      const text = joinContinuation(begun ?? '', withoutThoughts(reply.text));
      return text.trim() === '' ? unusable(emptyReply) : { kind: 'complete', text, spending, asked };
    }
    case 'cut':
      // JSON that was cut is never mended: whoever wrote it has to begin anew.
      if (call.output !== null && rung !== 'text') return unusable('the reply was cut at its limit: be shorter');
      return withoutThoughts((begun ?? '') + reply.text) === '' ? unusable(emptyReply) : { kind: 'cut', spending };
    case 'refused':
      return { kind: 'refused', problem: 'The model refuses to answer, or its answer was filtered.', spending };
    case 'empty':
      return unusable(emptyReply);
    case 'runaway':
      return unusable('the reply repeated itself without end and was stopped: say each thing once');
  }
}
