import type { Conclusion } from './stop-condition.ts';

/** For people; programs are given the verdict itself. */
export const verdictInWords: Record<Conclusion['verdict'], string> = {
  goalReached: 'goal reached',
  budgetSpent: 'budget spent',
  blocked: 'blocked',
  stopped: 'stopped',
};
