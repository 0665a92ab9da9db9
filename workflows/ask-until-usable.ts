import { addSpending, nothingSpent, type Spending } from './domain/budget.ts';
import type { Reply, Round } from './domain/reply.ts';

/** The answer of several rounds together: their spending adds up whether or not one was usable. */
export type Answer<T> =
  | { kind: 'usable'; value: T; spending: Spending; rounds: number }
  | { kind: 'unusable'; problems: string[]; spending: Spending; rounds: number };

const mostRounds = 3;

/**
 * Asks again, with the problems named, while a reply is unusable. Each round is one activity, so one request: what
 * was paid for is recorded before the next is asked. `firstRound` keeps call ids apart where the same prompt is
 * asked more than once.
 */
export async function askUntilUsable<T>(ask: (round: Round) => Promise<Reply<T>>, firstRound = 1): Promise<Answer<T>> {
  let spending = nothingSpent;
  let problems: string[] = [];
  for (let asked = 1; asked <= mostRounds; asked += 1) {
    const reply = await ask({ round: firstRound + asked - 1, problems });
    spending = addSpending(spending, reply.spending);
    if (reply.kind === 'usable') return { kind: 'usable', value: reply.value, spending, rounds: asked };
    problems = reply.problems;
  }
  return { kind: 'unusable', problems, spending, rounds: mostRounds };
}
