import { ActivityFailure, ApplicationFailure, CancellationScope, condition } from '@temporalio/workflow';
import { languageModel, languageModelProbe } from './activity-proxies.ts';
import type { Asker } from './asker.ts';
import { nothingSpent, type Spending } from './domain/budget.ts';
import { failureType } from './domain/failure-type.ts';
import type { Nudges } from './domain/guidance.ts';
import { budgetHold, holdFor, isProbed, type Hold } from './domain/hold.ts';
import type { Reply } from './domain/reply.ts';
import type { ModelRole } from './schema/models.ts';
import { settled, type Settled } from './settled.ts';

export type AskOn<T> = (model: typeof languageModel) => Promise<Reply<T>>;
export type PatientReply<T> = Reply<T> | { kind: 'givenUp'; spending: Spending };

/** Whose model is asked, and for whom. */
export interface Inquiry {
  asker: Asker;
  role: ModelRole;
}

/** What people have said at some moment that bears on an inquiry. */
export interface Sayings extends Nudges {
  /** The choice of the role's model, as JSON. */
  model: string;
}

/** What one activity came to: a reply, something that has to be waited for, or nothing, since it was interrupted. */
type Outcome<T> =
  | { kind: 'replied'; reply: Reply<T> }
  | { kind: 'held'; hold: Hold; spent: Spending }
  /** `spent` is null where nothing new is known of it. */
  | { kind: 'interrupted'; spent: Spending | null };

/**
 * Until there is a reply, or nobody wants one. `before` is what people had said before it was asked: what they say while
 * the model writes must not be missed by a hold that follows. A hold whose mend is free is probed by the question
 * itself, as one activity whose retries come ever more seldom: nothing is spent on finding out, and a wait of days
 * leaves no trace in the history.
 */
export async function askPatiently<T>(
  inquiry: Inquiry,
  ask: AskOn<T>,
): Promise<{ reply: PatientReply<T>; before: Sayings }> {
  const { asker } = inquiry;
  let spent = nothingSpent;
  for (;;) {
    const before = sayings(inquiry);
    let outcome = await attempt(inquiry, { before, hold: null, ask: () => ask(languageModel) });
    while (outcome.kind === 'held') {
      const { hold } = outcome;
      spent = outcome.spent;
      await asker.show(hold, spent);
      if (isProbed(hold)) {
        outcome = await attempt(inquiry, { before, hold, ask: () => ask(languageModelProbe) });
      } else {
        await asker.waitFor(() => isOver(inquiry, before, hold));
        outcome = { kind: 'interrupted', spent: null };
      }
      await asker.show(null, spent);
    }
    if (outcome.kind === 'replied') return { reply: outcome.reply, before };
    spent = outcome.spent ?? spent;
    if (asker.shouldGiveUp()) return { reply: { kind: 'givenUp', spending: spent }, before };
  }
}

/** Waits until a person has done what may have ended the hold, which may be done already. */
export async function waitForPerson(inquiry: Inquiry, hold: Hold, before: Sayings): Promise<void> {
  await inquiry.asker.show(hold);
  await inquiry.asker.waitFor(() => isOver(inquiry, before, hold));
  await inquiry.asker.show(null);
}

export function sayings({ asker, role }: Inquiry): Sayings {
  return { ...asker.nudges(), model: JSON.stringify(asker.models()[role] ?? null) };
}

/** A request in flight is interrupted only for another model, a hold also by `resume`; for budget, by more of it. */
function isOver(inquiry: Inquiry, before: Sayings, hold: Hold | null): boolean {
  const { resumes, extensions, model } = sayings(inquiry);
  if (inquiry.asker.shouldGiveUp()) return true;
  if (hold?.type === failureType.budgetSpent) return extensions > before.extensions;
  return model !== before.model || (hold !== null && resumes > before.resumes);
}

interface Attempt<T> {
  before: Sayings;
  /** Null: nothing has to be waited for, as far as is known. */
  hold: Hold | null;
  ask: () => Promise<Reply<T>>;
}

/**
 * One activity, until it ends or a person makes another one better: other models in an outage, say. A reply that has
 * begun to arrive comes to its end whoever interrupts it, so the activity's own end is waited for; and what a
 * cancelled workflow has paid for by then is counted.
 */
async function attempt<T>(inquiry: Inquiry, { before, hold, ask }: Attempt<T>): Promise<Outcome<T>> {
  const { asker } = inquiry;
  const scope = new CancellationScope();
  const end = settled(scope.run(ask));
  const hasEnded = () => end.now !== null;
  let isInterrupted = false;
  try {
    await asker.waitFor(() => hasEnded() || isOver(inquiry, before, hold));
    isInterrupted = !hasEnded();
    if (isInterrupted) scope.cancel();
    await condition(hasEnded);
  } catch (error) {
    scope.cancel();
    await CancellationScope.nonCancellable(() => condition(hasEnded));
    asker.count(spentBy(end.now) ?? nothingSpent);
    throw error;
  }
  if (end.now?.kind === 'value') return outcomeOf(end.now.value, asker);
  return outcomeOfFailure(end.now?.error, isInterrupted);
}

/** What a reply has cost, or the failed attempts in its place: the first detail of their failure; null: not known. */
function spentBy(end: Settled<Reply<unknown>> | null): Spending | null {
  if (end?.kind === 'value') return end.value.spending;
  const cause = end?.error instanceof ActivityFailure ? end.error.cause : undefined;
  return cause instanceof ApplicationFailure ? ((cause.details?.[0] as Spending | undefined) ?? null) : null;
}

function outcomeOf<T>(reply: Reply<T>, { whenSpent }: Asker): Outcome<T> {
  if (reply.kind !== 'overBudget' || whenSpent === 'finish') return { kind: 'replied', reply };
  return { kind: 'held', hold: budgetHold(reply.shortage, now()), spent: reply.spending };
}

function outcomeOfFailure(error: unknown, isInterrupted: boolean): Outcome<never> {
  const cause = error instanceof ActivityFailure ? error.cause : undefined;
  const spent = spentBy({ kind: 'error', error });
  const hold = cause instanceof ApplicationFailure ? holdFor(cause.type ?? '', cause.message, now()) : null;
  if (hold !== null) return { kind: 'held', hold, spent: spent ?? nothingSpent };
  // A request that was cancelled is not tried again by the server: whatever it ended with then, it is asked anew.
  if (isInterrupted && error instanceof ActivityFailure) return { kind: 'interrupted', spent };
  throw error;
}

function now(): string {
  return new Date().toISOString();
}
