import type { Budget, ExperimentSettings } from '../schema/experiment-input.ts';
import { addSpending, extendBudget, nothingSpent, type BudgetUse, type Spending } from './budget.ts';
import { budgetUse, type ExperimentState } from './experiment-state.ts';
import { workingTime } from './halts.ts';
import type { Mailbox } from './mailbox.ts';

/** The state as people have steered it: their budget, their models, and what was spent that is not in it yet. */
export function steered(
  state: ExperimentState,
  { models, extension }: Pick<Mailbox, 'models' | 'extension'>,
  uncounted: Spending,
): ExperimentState {
  const { settings } = state;
  return {
    ...state,
    settings: {
      ...settings,
      budget: extendBudget(settings.budget, extension),
      models: { ...settings.models, ...models },
    },
    spending: addSpending(state.spending, uncounted),
  };
}

/** The budget as people have extended it; null until the input is checked. */
export function extendedBudget(
  settings: ExperimentSettings | undefined,
  { extension }: Pick<Mailbox, 'extension'>,
): Budget | null {
  return settings === undefined ? null : extendBudget(settings.budget, extension);
}

/** What is used of the budget as people have extended it; time in which the experiment stands still is not. */
export function steeredUse(state: ExperimentState, mailbox: Mailbox, nowMilliseconds: number): BudgetUse {
  return budgetUse(steered(state, mailbox, nothingSpent), workingTime(mailbox.halts, nowMilliseconds));
}
