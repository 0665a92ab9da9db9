import type { Asker } from './asker.ts';
import { afterSpending, allowanceForReport, allowanceForSearch } from './domain/allowance.ts';
import { addSpending, extendBudget, nothingSpent } from './domain/budget.ts';
import type { ExperimentState } from './domain/experiment-state.ts';
import type { FrontDesk } from './front-desk.ts';

/** The experiment asks, for its plan or its report: what it may spend is what its state and people leave of the budget. */
export function experimentAsker(
  desk: FrontDesk,
  { settings, spending }: Pick<ExperimentState, 'settings' | 'spending'>,
  purpose: 'search' | 'report',
): Asker {
  let spent = nothingSpent;
  // The request that has led to the report is no reason to do without its words; another one is.
  const earlierStop = purpose === 'report' ? desk.mailbox.stopRequest : null;
  const allowanceFor = purpose === 'report' ? allowanceForReport : allowanceForSearch;
  return {
    models: () => ({ ...settings.models, ...desk.mailbox.models }),
    allowance() {
      const budget = extendBudget(settings.budget, desk.mailbox.extension);
      return afterSpending(allowanceFor(budget, spending), spent);
    },
    messages: () => desk.mailbox.recorded,
    nudges: () => desk.mailbox.nudges,
    shouldGiveUp: () => desk.mailbox.stopRequest !== earlierStop,
    // A report is written all the same: nothing comes after it.
    async goOn() {
      const { isHalted } = desk.mailbox;
      if (purpose === 'report' || !isHalted) return;
      await desk.standStill(() => !desk.mailbox.isHalted || desk.mailbox.stopRequest !== null);
    },
    // A report that waits for its last paragraph helps nobody: without prose, its tables stand alone.
    whenSpent: purpose === 'report' ? 'finish' : settings.budget.whenSpent,
    count(more) {
      spent = addSpending(spent, more);
      desk.count(more);
    },
    async show(hold) {
      desk.show(hold);
    },
    async waitFor(isTrue) {
      await (desk.hold() === null ? desk.waitFor(isTrue) : desk.standStill(isTrue));
      // What was said along with what ends the wait is in the next prompt.
      if (desk.mailbox.stopRequest === earlierStop) await desk.settleMessages();
    },
  };
}
