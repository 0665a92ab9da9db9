import { condition, getExternalWorkflowHandle, isCancellation, setHandler, workflowInfo } from '@temporalio/workflow';
import type { Asker } from './asker.ts';
import { afterSpending } from './domain/allowance.ts';
import { addSpending, nothingSpent } from './domain/budget.ts';
import type { TrialStatus } from './domain/guidance.ts';
import type { TrialInput } from './domain/trial.ts';
import { description, guidanceSignal, trialStatusSignal } from './messages.ts';

/** The trial asks, within what its experiment allows it, and tells the experiment what it spends and waits for. */
export function openTrialAsker({ guidance: given, whenSpent }: Pick<TrialInput, 'guidance' | 'whenSpent'>): Asker {
  let guidance = given;
  let spent = nothingSpent;
  setHandler(guidanceSignal, (newest) => void (guidance = newest), { description: description.guidance });
  return {
    messages: () => guidance.messages,
    models: () => guidance.models,
    allowance: () => afterSpending(guidance.allowance, spent),
    nudges: () => guidance.nudges,
    // A trial that is to stop is cancelled.
    shouldGiveUp: () => false,
    whenSpent,
    count(more) {
      spent = addSpending(spent, more);
      return tellExperiment({ hold: null, spending: spent });
    },
    // What a call has spent that waits is counted when it has its reply; until then it is only shown.
    show: (hold, waiting = nothingSpent) => tellExperiment({ hold, spending: addSpending(spent, waiting) }),
    async waitFor(isTrue) {
      await condition(isTrue);
    },
  };
}

/** An experiment that is not there any more needs to be told nothing. */
async function tellExperiment(status: TrialStatus): Promise<void> {
  const { parent } = workflowInfo();
  if (parent === undefined) return;
  try {
    await getExternalWorkflowHandle(parent.workflowId).signal(trialStatusSignal, status);
  } catch (error) {
    if (isCancellation(error)) throw error;
  }
}
