import assert from 'node:assert/strict';
import { nothingSpent } from '../../workflows/domain/budget.ts';
import { afterReply, beginConversation, type Conversation } from '../../workflows/domain/conversation.ts';
import type { UnusableReply } from '../../workflows/domain/reply.ts';

const unusable: UnusableReply = { kind: 'unusable', problems: ['verdict: is missing'], spending: nothingSpent };
const cut: UnusableReply = { kind: 'cut', spending: nothingSpent };
const refused: UnusableReply = { kind: 'refused', problem: 'It refuses.', spending: nothingSpent };
const overBudget: UnusableReply = { kind: 'overBudget', shortage: 'nothing is left', spending: nothingSpent };

/** What follows after these replies, one after the other. */
function after(...replies: UnusableReply[]) {
  let conversation: Conversation = beginConversation(5);
  for (const reply of replies.slice(0, -1)) {
    const next = afterReply(conversation, reply);
    assert.ok(next.kind !== 'giveUp', 'it gave up too early');
    conversation = next.conversation;
  }
  return afterReply(conversation, replies.at(-1) ?? assert.fail());
}

function roundAfter(...replies: UnusableReply[]) {
  const next = after(...replies);
  assert.ok(next.kind === 'ask', next.kind);
  const { round, problems, continues } = next.conversation;
  return { round, problems, continues };
}

describe('a conversation with a language model', () => {
  it('asks anew after an unusable reply, and names its problems', () => {
    assert.deepEqual(roundAfter(unusable), { round: 6, problems: ['verdict: is missing'], continues: null });
  });

  it('gives up after the third unusable reply', () => {
    const problems = ['verdict: is missing'];
    assert.deepEqual(after(unusable, unusable, unusable), { kind: 'giveUp', problems, shortage: null });
  });

  it('continues a reply that was cut', () => {
    assert.deepEqual(roundAfter(cut), { round: 6, problems: [], continues: 5 });
  });

  it('continues it again from its first part', () => {
    assert.deepEqual(roundAfter(cut, cut), { round: 7, problems: [], continues: 5 });
  });

  it('keeps the problems of the question while it continues its reply', () => {
    assert.deepEqual(roundAfter(unusable, cut), { round: 7, problems: ['verdict: is missing'], continues: 6 });
  });

  it('asks anew for a shorter reply after the fourth continuation', () => {
    const { continues, problems } = roundAfter(cut, cut, cut, cut, cut);
    assert.equal(continues, null);
    assert.match(problems.join(), /shorter/);
  });

  it('never sends more than fifteen requests', () => {
    const replies = Array.from({ length: 15 }, () => cut);
    assert.equal(after(...replies).kind, 'giveUp');
  });

  it('rephrases once after a refusal', () => {
    assert.match(roundAfter(refused).problems.join(), /machine-learning experiment/);
  });

  it('waits for a person after the second refusal, and goes on with another round', () => {
    const next = after(refused, refused);
    assert.ok(next.kind === 'wait');
    assert.deepEqual([next.problem, next.conversation.round], ['It refuses.', 7]);
  });

  it('gives up when the budget allows no further call, and says why', () => {
    assert.deepEqual(after(overBudget), { kind: 'giveUp', problems: ['nothing is left'], shortage: 'nothing is left' });
  });
});
