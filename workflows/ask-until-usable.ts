import type { languageModel } from './activity-proxies.ts';
import { askPatiently, waitForPerson, type Inquiry } from './ask-patiently.ts';
import { addSpending, nothingSpent, type Spending } from './domain/budget.ts';
import { afterReply, beginConversation, type Conversation } from './domain/conversation.ts';
import { refusalHold } from './domain/hold.ts';
import type { Reply, Round } from './domain/reply.ts';
import type { Asker } from './asker.ts';

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

export interface Question<T> {
  /** One request: the activity is called on the proxy that it is given. */
  ask: (model: typeof languageModel, round: Round) => Promise<Reply<T>>;
  /** Keeps call ids apart where the same prompt is asked more than once. */
  firstRound?: number;
}

/**
 * Asks until there is a usable answer or no hope of one. Each round is one activity, so one request: what was paid for
 * is recorded before the next is asked. Where a person has to mend something first, it waits for as long as that
 * takes.
 */
export async function askUntilUsable<T>(inquiry: Inquiry, { ask, firstRound = 1 }: Question<T>): Promise<Answer<T>> {
  const { asker } = inquiry;
  let spending = nothingSpent;
  let conversation = beginConversation(firstRound);
  for (;;) {
    await asker.goOn();
    if (asker.shouldGiveUp()) return { ...stopped, spending, rounds: conversation.round - firstRound };
    const { reply, before } = await askPatiently(inquiry, (model) => ask(model, roundOf(conversation, asker)));
    spending = addSpending(spending, reply.spending);
    asker.count(reply.spending);
    const rounds = conversation.round - firstRound + 1;
    if (reply.kind === 'usable') return { kind: 'usable', value: reply.value, spending, rounds };
    if (reply.kind === 'givenUp') return { ...stopped, spending, rounds };

    const next = afterReply(conversation, reply);
    if (next.kind === 'giveUp') return { ...next, kind: 'unusable', spending, rounds };
    if (next.kind === 'wait') {
      await waitForPerson(inquiry, refusalHold(next.problem, new Date().toISOString()), before);
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
