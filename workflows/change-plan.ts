import { artifacts } from './activity-proxies.ts';
import type { ExperimentState } from './domain/experiment-state.ts';
import type { PlanRequest } from './domain/mailbox.ts';
import { shorten } from './domain/journal.ts';
import type { ExperimentIdentity } from './domain/trial.ts';
import type { FrontDesk } from './front-desk.ts';
import { revisePlan } from './revise-plan.ts';

/** What people have asked for first, then what an analysis has; null where the plan stands. One version at a time. */
export async function changePlan(
  desk: FrontDesk,
  experiment: ExperimentIdentity,
  state: ExperimentState,
): Promise<ExperimentState | null> {
  const [request] = desk.mailbox.planChanges;
  if (request !== undefined) await desk.waitFor(() => desk.mailbox.recorded >= request.message);
  if (request?.hasPlan === true) return await adoptPlan(desk, experiment, { state, request });
  const { revisionReason = null } = state;
  const reason = request === undefined ? revisionReason : `${request.by} asked for it: ${request.reason}`;
  if (reason === null) return null;
  const revised = await revisePlan(desk, experiment, { ...state, revisionReason: reason });
  if (request !== undefined) desk.planIsChanged(whyUnchanged(desk, state, revised));
  return request === undefined ? { ...revised, revisionReason: null } : { ...revised, revisionReason };
}

function whyUnchanged(
  { mailbox }: FrontDesk,
  { plan: before }: ExperimentState,
  { plan, shortage }: ExperimentState,
): string | undefined {
  if (plan.version > before.version) return undefined;
  if (mailbox.stopRequest !== null) return 'the experiment was stopped before it was made';
  return shortage?.reason ?? 'the planner gave no version that could be used';
}

interface Adoption {
  state: ExperimentState;
  request: PlanRequest;
}

/** A person's plan is followed as it is: nobody has to approve it, and what an analysis wanted changed is outdated. */
async function adoptPlan(
  desk: FrontDesk,
  experiment: ExperimentIdentity,
  { state, request }: Adoption,
): Promise<ExperimentState> {
  desk.enter({ kind: 'revisingPlan' }, state);
  const version = state.plan.version + 1;
  const summary = `take over the plan of ${shorten(request.by, 25)}`;
  await artifacts.adoptPlan.executeWithOptions({ summary }, [
    { experiment, message: request.message, version, tasks: state.tasks },
  ]);
  desk.planIsChanged();
  const plan = { version, reason: shorten(`given by ${request.by}: ${request.reason}`, 400) };
  return { ...state, plan, planRefusals: 0, approvedPlan: version, revisionReason: null };
}
