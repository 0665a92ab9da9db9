import { addSpending, extendBudget } from './budget.ts';
import type { ExperimentState } from './experiment-state.ts';
import type { TrialStatus } from './guidance.ts';
import type { Mailbox } from './mailbox.ts';

/** The state as people have steered it: their budget, their models, and what the running trial has spent so far. */
export function steered(
  state: ExperimentState,
  { models, extension }: Pick<Mailbox, 'models' | 'extension'>,
  trial: Pick<TrialStatus, 'spending'> | null,
): ExperimentState {
  const { settings } = state;
  return {
    ...state,
    settings: {
      ...settings,
      budget: extendBudget(settings.budget, extension),
      models: { ...settings.models, ...models },
    },
    spending: trial === null ? state.spending : addSpending(state.spending, trial.spending),
  };
}
