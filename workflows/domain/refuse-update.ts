import type { Budget } from '../schema/experiment-input.ts';
import { mostTrials, type BudgetExtension } from './budget.ts';
import { isEnd, type Stage } from './experiment-state.ts';
import type { Hold } from './hold.ts';
import { mostPlanChanges, type Mailbox } from './mailbox.ts';
import type { DecisionAnswer } from './read-update.ts';

/** How things stand when an update arrives. */
export interface Standing {
  stage: Stage;
  /** Of the experiment or its running trial. */
  hold: Hold | null;
  mailbox: Mailbox;
  /** With its extensions; null until the input is checked. */
  budget: Budget | null;
}

/* Each says in a sentence why an update cannot be taken as things stand, or null. Nothing has changed then. */

export function refuseExtension(standing: Standing, extension: BudgetExtension): string | null {
  const { budget, mailbox } = standing;
  if (isClosing(standing)) return tooLate;
  // Before the input is checked its own trials are not known: then only the extensions are added up.
  if ((budget?.trials ?? mailbox.extension.trials ?? 0) + (extension.trials ?? 0) <= mostTrials) return null;
  return `trials: an experiment makes at most ${mostTrials}`;
}

export function refusePlanChange(standing: Standing): string | null {
  const { stage, mailbox } = standing;
  if (isClosing(standing)) return tooLate;
  if (stage.kind === 'opening' || stage.kind === 'planning') {
    return 'there is no plan yet that could be revised: say with the signal `feedback` what it should be like';
  }
  if (mailbox.planChanges.length < mostPlanChanges) return null;
  return `${mostPlanChanges} changes of the plan wait already for the running trial to end`;
}

export function refuseAbandonment({ stage, mailbox }: Standing, trial: number): string | null {
  if (stage.kind !== 'trial') return `trial ${trial} is not running: no trial is`;
  if (stage.number !== trial) return `trial ${trial} is not running: trial ${stage.number} is`;
  return mailbox.abandoned?.trial === trial ? `trial ${trial} is abandoned already` : null;
}

export function refuseDecision({ hold, mailbox }: Standing, { id, choice }: DecisionAnswer): string | null {
  const decision = hold?.decision ?? null;
  if (mailbox.decision?.id === id) return `${id} is decided already: ${mailbox.decision.choice}`;
  if (decision === null) return `nobody asked for the decision ${id}: none is waited for`;
  if (decision.id !== id) return `nobody asked for the decision ${id}: what is waited for is ${decision.id}`;
  return decision.choices.includes(choice) ? null : `choice: must be ${decision.choices.join(' or ')}`;
}

const tooLate = 'it is too late: the experiment is ending; `longrun fork` begins another one from any of its trials';

function isClosing({ stage, mailbox }: Standing): boolean {
  return mailbox.stopRequest !== null || stage.kind === 'reporting' || isEnd(stage);
}
