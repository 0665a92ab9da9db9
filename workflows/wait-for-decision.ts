import { shouldContinueAsNew } from './continue-experiment.ts';
import type { ExperimentState } from './domain/experiment-state.ts';
import type { Hold } from './domain/hold.ts';
import type { FrontDesk } from './front-desk.ts';

/**
 * The choice of a person; null where something else has to be looked at first: a request to stop, a change of the plan,
 * a history that has grown long. Whoever asked asks again then.
 */
export async function waitForDecision(desk: FrontDesk, state: ExperimentState, hold: Hold): Promise<string | null> {
  const id = hold.decision?.id;
  const answer = () => (desk.mailbox.decision?.id === id ? desk.mailbox.decision : null);
  const isOver = () =>
    answer() !== null ||
    desk.mailbox.stopRequest !== null ||
    desk.mailbox.planChanges.length > 0 ||
    shouldContinueAsNew();
  if (!isOver()) {
    desk.enter({ kind: 'deciding' }, state);
    desk.show(hold);
    await desk.standStill(isOver);
  }
  // The next workflow run still waits for it.
  if (!shouldContinueAsNew()) desk.show(null);
  return answer()?.choice ?? null;
}
