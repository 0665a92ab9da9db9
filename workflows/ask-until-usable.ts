import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  condition,
  isCancellation,
} from '@temporalio/workflow';
import { languageModel, languageModelProbe } from './activity-proxies.ts';
import type { Allowance } from './domain/allowance.ts';
import { addSpending, nothingSpent, type Spending } from './domain/budget.ts';
import { afterReply, beginConversation, type Conversation } from './domain/conversation.ts';
import { failureType } from './domain/failure-type.ts';
import type { Nudges } from './domain/guidance.ts';
import { budgetHold, holdFor, isProbed, refusalHold, type Hold } from './domain/hold.ts';
import type { Reply, Round } from './domain/reply.ts';
import type { Models } from './schema/models.ts';
import { settled } from './settled.ts';

/** Who asks: an experiment or a trial. What it says may change from one moment to the next. */
export interface Asker {
  models(): Models;
  /** What is left to spend. */
  allowance(): Allowance;
  /** How many messages of people are on disk. */
  messages(): number;
  nudges(): Nudges;
  shouldGiveUp(): boolean;
  whenSpent: 'finish' | 'wait';
  count(spending: Spending): Promise<void>;
  /** `spent`: by failed attempts of the call that waits, so far. */
  show(hold: Hold | null, spent?: Spending): Promise<void>;
  waitFor(isTrue: () => boolean): Promise<void>;
}

/** The answer of several rounds together: their spending adds up whether or not one was usable. */
export type Answer<T> = ({ kind: 'usable'; value: T } & AnswerCost) | UnusableAnswer;

export interface UnusableAnswer extends AnswerCost {
  kind: 'unusable';
  problems: string[];
  /** Why the budget allowed no further call; null: it would have. */
  shortage: string | null;
}

interface AnswerCost {
  spending: Spending;
  rounds: number;
}

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
    const { reply, before } = await askOnce(asker, (model) => ask(model, roundOf(conversation, asker)));
    spending = addSpending(spending, reply.spending);
    await asker.count(reply.spending);
    const rounds = conversation.round - firstRound + 1;
    if (reply.kind === 'usable') return { kind: 'usable', value: reply.value, spending, rounds };
    if (reply.kind === 'givenUp') return { ...stopped, spending, rounds };

    const next = afterReply(conversation, reply);
    if (next.kind === 'giveUp') return { ...next, kind: 'unusable', spending, rounds };
    if (next.kind === 'wait') {
      await waitForNudge(asker, refusalHold(next.problem, now()), before);
      if (asker.shouldGiveUp()) return { ...stopped, spending, rounds };
    }
    conversation = next.conversation;
  }
}

const stopped = {
  kind: 'unusable' as const,
  problems: ['it was stopped while it waited for an answer'],
  shortage: null,
};

function roundOf({ round, problems, continues }: Conversation, asker: Asker): Round {
  const [models, allowance, messages] = [asker.models(), asker.allowance(), asker.messages()];
  return { round, problems, continues, models, allowance, messages };
}

type AskOn<T> = (model: typeof languageModel) => Promise<Reply<T>>;
type Asked<T> = Reply<T> | { kind: 'givenUp'; spending: Spending };

/** What one activity came to: a reply, something that has to be waited for, or nothing, since a nudge came first. */
type Outcome<T> =
  { kind: 'replied'; reply: Reply<T> } | { kind: 'held'; hold: Hold; spent: Spending } | { kind: 'nudged' };

/**
 * Until there is a reply, or nobody wants one. `before` are the nudges from before it was asked: one that comes while
 * the model writes must not be missed by a hold that follows. A hold whose mend is free is probed by the question
 * itself, as one activity whose retries come ever more seldom: nothing is spent on finding out, and a wait of days
 * leaves no trace in the history.
 */
async function askOnce<T>(asker: Asker, ask: AskOn<T>): Promise<{ reply: Asked<T>; before: Nudges }> {
  let spent = nothingSpent;
  for (;;) {
    const before = asker.nudges();
    let outcome = await attempt(asker, before, () => ask(languageModel));
    while (outcome.kind === 'held') {
      const { hold } = outcome;
      spent = outcome.spent;
      await asker.show(hold, spent);
      if (!isProbed(hold)) await asker.waitFor(() => isOver(asker, before, hold));
      outcome = isProbed(hold) ? await attempt(asker, before, () => ask(languageModelProbe)) : { kind: 'nudged' };
      await asker.show(null);
    }
    if (outcome.kind === 'replied') return { reply: outcome.reply, before };
    if (asker.shouldGiveUp()) return { reply: { kind: 'givenUp', spending: spent }, before };
  }
}

/**
 * One activity, until it ends or a nudge makes another one better: other models in an outage, say. An activity that has
 * begun to receive a reply ends only with that reply, so it is waited for.
 */
async function attempt<T>(asker: Asker, before: Nudges, ask: () => Promise<Reply<T>>): Promise<Outcome<T>> {
  const scope = new CancellationScope();
  const end = settled(scope.run(ask));
  try {
    await asker.waitFor(() => end.now !== null || isOver(asker, before, null));
  } finally {
    if (end.now === null) scope.cancel();
    await CancellationScope.nonCancellable(() => condition(() => end.now !== null));
  }
  if (end.now?.kind === 'value') return outcomeOf(end.now.value, asker);
  const error = end.now?.error;
  if (isCancellation(error) && isOver(asker, before, null)) return { kind: 'nudged' };
  const hold = holdIn(error);
  if (hold === null) throw error;
  return { kind: 'held', ...hold };
}

function outcomeOf<T>(reply: Reply<T>, { whenSpent }: Asker): Outcome<T> {
  if (reply.kind !== 'overBudget' || whenSpent === 'finish') return { kind: 'replied', reply };
  return { kind: 'held', hold: budgetHold(reply.shortage, now()), spent: reply.spending };
}

/** What the failed attempts have spent is the failure's first detail. */
function holdIn(error: unknown): { hold: Hold; spent: Spending } | null {
  const cause = error instanceof ActivityFailure ? error.cause : undefined;
  if (!(cause instanceof ApplicationFailure)) return null;
  const hold = holdFor(cause.type ?? '', cause.message, now());
  return hold === null ? null : { hold, spent: (cause.details?.[0] as Spending | undefined) ?? nothingSpent };
}

/** Waits until a person has done what may have ended the hold, which may be done already. */
export async function waitForNudge(asker: Asker, hold: Hold, before: Nudges): Promise<void> {
  await asker.show(hold);
  await asker.waitFor(() => isOver(asker, before, hold));
  await asker.show(null);
}

/** A hold for want of budget ends by more of it, any other by what concerns models. */
function isOver(asker: Asker, before: Nudges, hold: Hold | null): boolean {
  const now = asker.nudges();
  const concerned = hold?.type === failureType.budgetSpent ? now.budget - before.budget : now.models - before.models;
  return concerned > 0 || asker.shouldGiveUp();
}

function now(): string {
  return new Date().toISOString();
}
