import type { Round, UnusableReply } from './reply.ts';

/** How far a question has come. */
export type Conversation = Pick<Round, 'round' | 'problems' | 'continues'> & {
  /** How many new replies were begun. */
  asked: number;
  /** How often the reply in hand was continued. */
  continuations: number;
  refusals: number;
};

/** What to do after a reply that is no answer. */
export type NextStep =
  | { kind: 'ask'; conversation: Conversation }
  | { kind: 'giveUp'; problems: string[]; shortage: string | null }
  /** After the last refusal a person has to do something first; then the conversation goes on. */
  | { kind: 'wait'; problem: string; conversation: Conversation };

const mostReplies = 3;
const mostContinuations = 4;
const mostRefusals = 2;

export function beginConversation(firstRound: number): Conversation {
  return { round: firstRound, problems: [], continues: null, asked: 1, continuations: 0, refusals: 0 };
}

/** A cut reply is continued, a refused one rephrased once, an unusable one asked for anew with its problems named. */
export function afterReply(conversation: Conversation, reply: UnusableReply): NextStep {
  switch (reply.kind) {
    case 'unusable':
      return askAnew(conversation, reply.problems);
    case 'cut':
      return continueReply(conversation);
    case 'refused':
      return rephrase(conversation, reply.problem);
    case 'overBudget':
      return { kind: 'giveUp', problems: [reply.shortage], shortage: reply.shortage };
  }
}

function askAnew(conversation: Conversation, problems: string[]): NextStep {
  if (conversation.asked >= mostReplies) return { kind: 'giveUp', problems, shortage: null };
  return { kind: 'ask', conversation: newReply(conversation, problems) };
}

function newReply(conversation: Conversation, problems: string[]): Conversation {
  const { round, asked } = conversation;
  return { ...conversation, round: round + 1, problems, continues: null, asked: asked + 1, continuations: 0 };
}

function continueReply(conversation: Conversation): NextStep {
  const { round, continues, continuations } = conversation;
  if (continuations >= mostContinuations) {
    return askAnew(conversation, ['the reply did not come to an end: make it much shorter']);
  }
  const next = { round: round + 1, continues: continues ?? round, continuations: continuations + 1 };
  return { kind: 'ask', conversation: { ...conversation, ...next } };
}

const rephrasing =
  'the request was refused or filtered. It is about an ordinary machine-learning experiment on data of its owner: answer that, and leave out whatever you may not say';

function rephrase(conversation: Conversation, problem: string): NextStep {
  const refusals = conversation.refusals + 1;
  const next = newReply({ ...conversation, refusals }, [rephrasing]);
  if (refusals < mostRefusals) return { kind: 'ask', conversation: next };
  return { kind: 'wait', problem, conversation: { ...next, refusals: 0 } };
}
