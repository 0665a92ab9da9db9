import { ActivityFailure, ApplicationFailure, CancellationScope, condition } from '@temporalio/workflow';
import { languageModel, languageModelProbe } from './activity-proxies.ts';
import type { Allowance } from './domain/allowance.ts';
import { addSpending, nothingSpent, type Spending } from './domain/budget.ts';
import { afterReply, beginConversation, type Conversation } from './domain/conversation.ts';
import { budgetHold, holdFor, isProbed, type Hold } from './domain/hold.ts';
import type { Reply, Round, UnusableReply } from './domain/reply.ts';
import type { Models } from './schema/models.ts';

/** Who asks: an experiment or a trial. What it says may change from one moment to the next. */
export interface Asker {
  models(): Models;
  /** What is left to spend. */
  allowance(): Allowance;
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
      await waitForNudge(asker, holdFor(next.failureType, next.problem, now()));
      if (asker.shouldGiveUp()) return { kind: 'unusable', problems: [stopped], shortage: null, spending, rounds };
    }
    conversation = next.conversation;
  }
}

function roundOf({ round, problems, continues }: Conversation, asker: Asker): Round {
  return { round, problems, continues, models: asker.models(), allowance: asker.allowance() };
}

const stopped = 'it was stopped while it waited for a person';

type AskOn<T> = (model: typeof languageModel) => Promise<Reply<T>>;

async function askOnce<T>(asker: Asker, ask: AskOn<T>): Promise<Reply<T>> {
  for (;;) {
    const reply = await askOrHold(ask);
    if ('hold' in reply && isProbed(reply.hold)) {
      const answer = await probe(asker, ask, reply.hold);
      if (answer !== null) return answer;
    } else if ('hold' in reply) {
      await waitForNudge(asker, reply.hold);
    } else if (reply.kind === 'overBudget' && asker.whenSpent === 'wait') {
      await waitForNudge(asker, budgetHold(reply.shortage, now()));
    } else {
      return reply;
    }
    if (asker.shouldGiveUp()) return unusable(stopped);
  }
}

async function askOrHold<T>(ask: AskOn<T>): Promise<Reply<T> | { hold: Hold }> {
  try {
    return await ask(languageModel);
  } catch (error) {
    const cause = error instanceof ActivityFailure ? error.cause : undefined;
    const hold = cause instanceof ApplicationFailure ? holdFor(cause.type ?? '', cause.message, now()) : null;
    if (hold === null) throw error;
    return { hold };
  }
}

/**
 * The question itself is the probe: one activity whose retries come ever more seldom, so that nothing is spent on
 * finding out and a wait of days leaves no trace in the history. Null when a nudge ended it before it succeeded.
 */
async function probe<T>(asker: Asker, ask: AskOn<T>, hold: Hold): Promise<Reply<T> | null> {
  const nudges = asker.nudges();
  await asker.show(hold);
  const scope = new CancellationScope();
  const end = settled(scope.run(() => ask(languageModelProbe)));
  await asker.waitFor(() => end.now !== null || asker.nudges() !== nudges || asker.shouldGiveUp());
  const wasNudged = end.now === null;
  scope.cancel();
  await condition(() => end.now !== null);
  await asker.show(null);
  if (end.now?.kind === 'value') return end.now.value;
  if (wasNudged) return null;
  throw end.now?.error;
}

type End<T> = { kind: 'value'; value: T } | { kind: 'error'; error: unknown };

/** The end of a promise as a value that conditions can look at. */
function settled<T>(promise: Promise<T>): { readonly now: End<T> | null } {
  const end: { now: End<T> | null } = { now: null };
  void promise.then(
    (value) => (end.now = { kind: 'value', value }),
    (error: unknown) => (end.now = { kind: 'error', error }),
  );
  return end;
}

async function waitForNudge(asker: Asker, hold: Hold | null): Promise<void> {
  if (hold === null) return;
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
