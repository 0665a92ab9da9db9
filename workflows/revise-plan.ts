import { askUntilUsable } from './ask-until-usable.ts';
import { addSpending } from './domain/budget.ts';
import type { ExperimentState } from './domain/experiment-state.ts';
import { applyTaskUpdates } from './domain/task-list.ts';
import type { ExperimentIdentity } from './domain/trial.ts';
import { experimentAsker } from './experiment-asker.ts';
import type { FrontDesk } from './front-desk.ts';

/** A new version beside the old ones. A revision that cannot be read leaves the plan as it is: the search goes on. */
export async function revisePlan(
  desk: FrontDesk,
  experiment: ExperimentIdentity,
  state: ExperimentState,
): Promise<ExperimentState> {
  desk.enter({ kind: 'revisingPlan' }, state);
  await desk.settleMessages();
  const version = state.plan.version + 1;
  const { extensions } = desk.mailbox.nudges;
  const answer = await askUntilUsable(
    { asker: experimentAsker(desk, state, 'search'), role: 'planner' },
    {
      ask: (model, round) =>
        model.revisePlan.executeWithOptions({ summary: `revise the plan (version ${version})` }, [
          {
            experiment,
            metric: state.metric,
            planVersion: state.plan.version,
            tasks: state.tasks,
            trials: state.journal.map((entry) => entry.trial),
            reason: state.revisionReason ?? '',
            ...round,
          },
        ]),
    },
  );
  const spending = addSpending(state.spending, answer.spending);
  if (answer.kind === 'unusable') {
    const shortage = answer.shortage === null ? null : { reason: answer.shortage, extensions };
    return { ...state, spending, shortage };
  }
  const { reason, taskUpdates } = answer.value;
  const tasks = applyTaskUpdates(state.tasks, taskUpdates);
  return { ...state, spending, plan: { version, reason }, planRefusals: 0, tasks };
}
