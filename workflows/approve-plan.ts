import { isToApprove, type ExperimentState } from './domain/experiment-state.ts';
import { planHold } from './domain/hold.ts';
import type { FrontDesk } from './front-desk.ts';
import { waitForDecision } from './wait-for-decision.ts';

/**
 * Where plans are to be approved, a model's version waits for a person before a trial follows it. Null: nothing has to
 * be approved. `stop` ends the experiment as the signal of that name does.
 */
export async function approvePlan(desk: FrontDesk, state: ExperimentState): Promise<ExperimentState | null> {
  const { approvedPlan = 0, planRefusals: refusals = 0 } = state;
  const { version } = state.plan;
  if (!isToApprove(state, 'plan') || version <= approvedPlan) return null;
  const hold = planHold({ version, refusals }, new Date().toISOString());
  const choice = await waitForDecision(desk, state, hold);
  if (choice === null) return state;
  if (choice === 'approve') return { ...state, approvedPlan: version };
  if (choice !== 'revise') return state;
  const by = desk.mailbox.decision?.by ?? 'somebody';
  return { ...state, planRefusals: refusals + 1, revisionReason: `${by} did not approve version ${version}` };
}
