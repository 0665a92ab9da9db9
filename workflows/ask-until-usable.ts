import { ActivityFailure, ApplicationFailure, CancellationScope, condition } from '@temporalio/workflow';
import { languageModel, languageModelProbe } from './activity-proxies.ts';
import type { Allowance } from './domain/allowance.ts';
import { addSpending, nothingSpent, type Spending } from './domain/budget.ts';
import { afterReply, beginConversation, type Conversation } from './domain/conversation.ts';
import { budgetHold, holdFor, isProbed, refusalHold, type Hold } from './domain/hold.ts';
import type { Reply, Round, UnusableReply } from './domain/reply.ts';
import type { Models } from './schema/models.ts';
import { settled } from './settled.ts';

/** Who asks: an experiment or a trial. What it says may change from one moment to the next. */
export interface Asker {
  models(): Models;
  /** What is left to spend. */
  allowance(): Allowance;
  /** How many messages of people are on disk. */
  messages(): number;
  /** Grows with whatever may end a hold. */
  nudges(): number;
  shouldGiveUp(): boolean;
  whenSpent: 'finish' | 'wait';
  count(spending: Spending): Promise<void>;
  show(hold: Hold | null): Promise<void>;
  waitFor(isTrue: () => boolean): Promise<void>;
}

/** The answer of several rounds together: their spending adds up whether or not one was usable. */
export type Answer<T> = { spending: Spending; rounds: number } & (
  | { kind: 'usable'; value: T }
  /** `shortage`: why the budget allowed no further call. */
  | { kind: 'unusable'; problems: string[]; shortage: string | null }
);

/** One request: the activity is called on the proxy that it is given. */
export type Ask<T> = (model: typeof languageModel, round: Round) => Promise<Reply<T>>;

/**
 * Asks until there is a usable answer or no hope of one. Each round is one activity, so one request: what was paid for
 * is recorded before the next is asked. Where a person has to mend something first, it waits for as long as that
 * takes. `firstRound` keeps call ids apart where the same prompt is asked more than once.
 */
export async function askUntilUsable<T>(asker: Asker, ask: Ask<T>, firstRound = 1): Promise<Answer<T>> {
  let spending = nothingSpent;
  let conversation = beginConversation(firstRound);
  for (;;) {
    const reply = await askOnce(asker, (model) => ask(model, roundOf(conversation, asker)));
    spending = addSpending(spending, reply.spending);
    await asker.count(reply.spending);
    const rounds = conversation.round - firstRound + 1;
    if (reply.kind === 'usable') return { kind: 'usable', value: reply.value, spending, rounds };

    const next = afterReply(conversation, reply);
    if (next.kind === 'giveUp') return { ...next, kind: 'unusable', spending, rounds };
    if (next.kind === 'wait') {
      await waitForNudge(asker, refusalHold(next.problem, now()));
      if (asker.shouldGiveUp()) return { kind: 'unusable', problems: [stopped], shortage: null, spending, rounds };
    }
    conversation = next.conversation;
  }
}

function roundOf({ round, problems, continues }: Conversation, asker: Asker): Round {
  const [models, allowance, messages] = [asker.models(), asker.allowance(), asker.messages()];
  return { round, problems, continues, models, allowance, messages };
}

const stopped = 'it was stopped while it waited for a person';

type AskOn<T> = (model: typeof languageModel) => Promise<Reply<T>>;

/** What one request came to, or what has to be waited for before another. */
type Outcome<T> = { hold: null; reply: Reply<T> } | { hold: Hold; reply: null };

async function askOnce<T>(asker: Asker, ask: AskOn<T>): Promise<Reply<T>> {
  let outcome = await askOrHold(asker, () => ask(languageModel));
  while (outcome.hold !== null) {
    const probed = await waitOut(asker, ask, outcome.hold);
    if (probed === null && asker.shouldGiveUp()) return unusable(stopped);
    outcome = probed ?? (await askOrHold(asker, () => ask(languageModel)));
  }
  return outcome.reply;
}

async function askOrHold<T>({ whenSpent }: Asker, ask: () => Promise<Reply<T>>): Promise<Outcome<T>> {
  try {
    const reply = await ask();
    const mayWait = reply.kind === 'overBudget' && whenSpent === 'wait';
    return mayWait ? { hold: budgetHold(reply.shortage, now()), reply: null } : { hold: null, reply };
  } catch (error) {
    const cause = error instanceof ActivityFailure ? error.cause : undefined;
    const hold = cause instanceof ApplicationFailure ? holdFor(cause.type ?? '', cause.message, now()) : null;
    if (hold === null) throw error;
    return { hold, reply: null };
  }
}

/** Null when a nudge ended it. */
async function waitOut<T>(asker: Asker, ask: AskOn<T>, hold: Hold): Promise<Outcome<T> | null> {
  if (isProbed(hold)) return await probe(asker, ask, hold);
  await waitForNudge(asker, hold);
  return null;
}

/**
 * The question itself is the probe: one activity whose retries come ever more seldom, so that nothing is spent on
 * finding out and a wait of days leaves no trace in the history. It may end in another hold.
 */
async function probe<T>(asker: Asker, ask: AskOn<T>, hold: Hold): Promise<Outcome<T> | null> {
  const nudges = asker.nudges();
  await asker.show(hold);
  const scope = new CancellationScope();
  const end = settled(scope.run(() => askOrHold(asker, () => ask(languageModelProbe))));
  await asker.waitFor(() => end.now !== null || asker.nudges() !== nudges || asker.shouldGiveUp());
  const wasNudged = end.now === null;
  scope.cancel();
  await condition(() => end.now !== null);
  await asker.show(null);
  if (end.now?.kind === 'value') return end.now.value;
  if (wasNudged) return null;
  throw end.now?.error;
}

/** Waits until a person has done what may have ended the hold. */
export async function waitForNudge(asker: Asker, hold: Hold): Promise<void> {
  const nudges = asker.nudges();
  await asker.show(hold);
  await asker.waitFor(() => asker.nudges() !== nudges || asker.shouldGiveUp());
  await asker.show(null);
}

function unusable(problem: string): UnusableReply {
  return { kind: 'unusable', problems: [problem], spending: nothingSpent };
}

function now(): string {
  return new Date().toISOString();
}
