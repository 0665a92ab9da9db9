import { sayings, waitForPerson } from './ask-patiently.ts';
import { isToApprove, type ExperimentState } from './domain/experiment-state.ts';
import { blockedHold, budgetHold } from './domain/hold.ts';
import type { Conclusion } from './domain/stop-condition.ts';
import { experimentAsker } from './experiment-asker.ts';
import type { FrontDesk } from './front-desk.ts';
import { waitForDecision } from './wait-for-decision.ts';

/** Where people want to be asked before an experiment ends, they are: the state to go on with, or null. */
export async function goOnAfter(
  desk: FrontDesk,
  state: ExperimentState,
  { verdict, reason }: Conclusion,
): Promise<ExperimentState | null> {
  const { settings, journal } = state;
  if (verdict === 'budgetSpent' && settings.budget.whenSpent === 'wait')
    return await waitForBudget(desk, state, reason);
  if (verdict !== 'blocked' || !isToApprove(state, 'blocked')) return null;
  const hold = blockedHold({ trials: journal.length, reason }, new Date().toISOString());
  const choice = await waitForDecision(desk, state, hold);
  if (choice === 'finish') return null;
  // Whoever gives it another plan means it to go on.
  const goesOn = choice === 'continue' || desk.mailbox.planChanges.length > 0;
  return goesOn ? { ...state, unblockedAfter: journal.length } : state;
}

async function waitForBudget(desk: FrontDesk, state: ExperimentState, reason: string): Promise<ExperimentState> {
  desk.enter({ kind: 'betweenTrials' }, state);
  const inquiry = { asker: experimentAsker(desk, state, 'search'), role: 'planner' } as const;
  await waitForPerson(inquiry, budgetHold(reason, new Date().toISOString()), sayings(inquiry));
  return { ...state, shortage: null };
}
