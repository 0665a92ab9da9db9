import type { ExperimentState } from './domain/experiment-state.ts';
import { steeredUse } from './domain/steering.ts';
import { reasonToStop, type Conclusion } from './domain/stop-condition.ts';
import type { FrontDesk } from './front-desk.ts';

/** Whether the experiment ends as things stand, and how. */
export function conclude({ mailbox }: FrontDesk, state: ExperimentState): Conclusion | null {
  return reasonToStop({
    metric: state.metric,
    journal: state.journal,
    budgetUse: steeredUse(state, mailbox, Date.now()),
    stopRequest: mailbox.stopRequest,
    lastAnalysis: state.lastAnalysis,
    shortage: shortageNow(mailbox, state),
    unblockedAfter: state.unblockedAfter ?? 0,
  });
}

/** What the budget did not allow it may allow by now. */
function shortageNow({ nudges }: FrontDesk['mailbox'], { shortage }: ExperimentState): string | null {
  return shortage === null || nudges.extensions > shortage.extensions ? null : shortage.reason;
}
