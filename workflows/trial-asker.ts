import { condition, getExternalWorkflowHandle, isCancellation, setHandler, workflowInfo } from '@temporalio/workflow';
import type { Asker } from './ask-until-usable.ts';
import { afterSpending } from './domain/allowance.ts';
import { addSpending, nothingSpent } from './domain/budget.ts';
import type { TrialStatus } from './domain/guidance.ts';
import type { TrialInput } from './domain/trial.ts';
import { description, guidanceSignal, trialStatusSignal } from './messages.ts';

/** The trial asks, within what its experiment allows it, and tells the experiment what it spends and waits for. */
export function openTrialAsker({ guidance: given, whenSpent }: Pick<TrialInput, 'guidance' | 'whenSpent'>): Asker {
  let guidance = given;
  let status: TrialStatus = { hold: null, spending: nothingSpent };
  setHandler(guidanceSignal, (newest) => void (guidance = newest), { description: description.guidance });
  const report = async (changes: Partial<TrialStatus>): Promise<void> => {
    status = { ...status, ...changes };
    await tellExperiment(status);
  };
  return {
    messages: () => guidance.messages,
    models: () => guidance.models,
    allowance: () => afterSpending(guidance.allowance, status.spending),
    nudges: () => guidance.nudges,
    // A trial that is to stop is cancelled.
    shouldGiveUp: () => false,
    whenSpent,
    count: (spending) => report({ spending: addSpending(status.spending, spending) }),
    show: (hold) => report({ hold }),
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
