import { failureType, type FailureType } from './failure-type.ts';

/** Why an experiment or trial waits for a person, and what that person can do. */
export interface Hold {
  type: FailureType | 'Decision';
  problem: string;
  mend: string;
  since: string;
  /** What the update `decide` answers; absent or null where it is not a decision that is waited for. */
  decision?: Decision | null;
}

/** A question with its possible answers; its id is used once in an experiment. */
export interface Decision {
  id: string;
  choices: string[];
}

const thenResume = 'It is tried again by itself ever so often, at once after the signal `resume`';
const orOtherModel = 'or choose other models with the update `changeModel`';

/** What a person has to mend, by the type of the failure. Everything else is retried without anybody. */
const mends = new Map<string, string>([
  [failureType.modelNoCredit, `Add credit at the provider, ${orOtherModel}. ${thenResume}.`],
  [failureType.modelSpendLimit, `Raise the spending limit at the provider, ${orOtherModel}. ${thenResume}.`],
  [failureType.modelUnauthorized, `Set the key and start the \`llm\` worker again, ${orOtherModel}. ${thenResume}.`],
  [
    failureType.modelNotConfigured,
    `Configure the model and start the \`llm\` worker again, ${orOtherModel}. ${thenResume}.`,
  ],
  [failureType.modelUnknown, `Choose a model that the provider has with the update \`changeModel\`. ${thenResume}.`],
  [failureType.modelBadRequest, `See why the provider refuses the request, ${orOtherModel}. ${thenResume}.`],
]);

/** The same where trying again costs money each time, so that nobody but a person may do it: after `resume` only. */
const costlyMends = new Map<string, string>([
  [
    failureType.modelRefuses,
    `Say with the signal \`feedback\` what the experiment is about, ${orOtherModel}; then send \`resume\`.`,
  ],
  [
    failureType.modelKeepsBreakingOff,
    `See why the server breaks off its replies, ${orOtherModel}; then send \`resume\`.`,
  ],
  [
    failureType.modelPromptNeverFits,
    `Give the model a larger context (Ollama: OLLAMA_CONTEXT_LENGTH), ${orOtherModel}; then send \`resume\`.`,
  ],
]);

export const costlyFailureTypes: readonly string[] = [...costlyMends.keys()];
export const waitingFailureTypes: readonly string[] = [...mends.keys(), ...costlyFailureTypes];

/** Null for a failure that no person has to mend. */
export function holdFor(type: string, problem: string, since: string): Hold | null {
  const mend = mends.get(type) ?? costlyMends.get(type);
  return mend === undefined ? null : { type: type as FailureType, problem, mend, since };
}

/** Whether the question may be asked again by itself meanwhile: it costs nothing until it succeeds. */
export function isProbed({ type }: Hold): boolean {
  return mends.has(type);
}

export function refusalHold(problem: string, since: string): Hold {
  const type = failureType.modelRefuses;
  return { type, problem, mend: costlyMends.get(type) ?? '', since };
}

export function budgetHold(shortage: string, since: string): Hold {
  return {
    type: failureType.budgetSpent,
    problem: shortage,
    mend: 'Give it more with the update `extendBudget`, or end it with the signal `stop`.',
    since,
  };
}

/** Before a model's plan is followed. */
export function planHold({ version, refusals }: { version: number; refusals: number }, since: string): Hold {
  return {
    type: 'Decision',
    problem: `Version ${version} of the plan waits to be approved.`,
    mend:
      'Answer with the update `decide`: approve; revise (say before, with the signal `feedback`, what should be ' +
      'different); or stop. A plan of your own comes with the update `revisePlan`.',
    since,
    decision: {
      id: refusals === 0 ? `plan-${version}` : `plan-${version}-${refusals + 1}`,
      choices: ['approve', 'revise', 'stop'],
    },
  };
}

/** In place of the end of an experiment that does not know how to go on. */
export function blockedHold({ trials, reason }: { trials: number; reason: string }, since: string): Hold {
  return {
    type: 'Decision',
    problem: `The experiment is blocked: ${reason}`,
    mend: 'Answer with the update `decide`: continue (say before, with the signal `feedback`, how), or finish with a report.',
    since,
    decision: { id: `blocked-${trials}`, choices: ['continue', 'finish'] },
  };
}

export function describeHold({ problem, mend, since }: Hold): string {
  return `Waits for a person since ${since}: ${problem} ${mend}`;
}
