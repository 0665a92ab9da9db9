import type { Models } from '../schema/models.ts';
import { partNames, type BudgetExtension, type ExtensiblePart } from './budget.ts';

/**
 * What people say to a running experiment. Signals may carry anything, and a handler that throws blocks its workflow
 * for ever: so every delivery becomes a message, and what cannot be understood becomes a refused one.
 */
export type PersonMessage = { by: string; at: string; id: string | null } & (
  | { kind: 'feedback'; text: string }
  | { kind: 'pause'; when: PauseKind }
  | { kind: 'resume' }
  | { kind: 'stop'; reason: string }
  | { kind: 'changeModel'; models: Models }
  | { kind: 'extendBudget'; extension: BudgetExtension }
  | { kind: 'revisePlan'; plan: string | null; reason: string }
  | { kind: 'abandonTrial'; trial: number; reason: string }
  | { kind: 'decide'; decision: string; choice: string }
  | { kind: 'refused'; signal: string; problem: string }
);

/** `afterTrials`: what runs goes on to its end. `now`: trainings stop at a checkpoint, and their GPU is free. */
export type PauseKind = 'afterTrials' | 'now';

/** What is remembered of a message once it is on disk; long names, ids and problems are cut. */
export interface MessageHead {
  number: number;
  kind: PersonMessage['kind'];
  by: string;
  at: string;
  id: string | null;
  /** Why it was refused; null where it was taken. */
  problem: string | null;
  /** What was refused. What older code remembered has neither this nor how it was to pause. */
  signal?: string;
  when?: PauseKind;
}

/** Names and reasons stand within a line of the report: a line break would let them write headings of their own. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** One line for logs, prompts and the report; a feedback's own words follow it unchanged. */
export function describeMessage(message: PersonMessage): string {
  if (message.kind === 'refused') {
    return `${message.at} \`${message.signal}\` by ${message.by} was refused: ${message.problem}`;
  }
  return `${message.at} ${message.by} ${deedOf(message)}`;
}

function deedOf(message: Exclude<PersonMessage, { kind: 'refused' }>): string {
  switch (message.kind) {
    case 'feedback':
      return 'gave feedback:';
    case 'pause':
      return message.when === 'now' ? 'paused the experiment at once' : 'paused the experiment';
    case 'resume':
      return 'resumed the experiment';
    case 'stop':
      return `asked to stop: ${message.reason}`;
    case 'changeModel':
      return `changed the models: ${oneLine(JSON.stringify(message.models))}`;
    case 'extendBudget':
      return `extended the budget: ${describeExtension(message.extension)}`;
    case 'revisePlan':
      return `${message.plan === null ? 'asked for another plan' : 'gave another plan'}: ${message.reason}`;
    case 'abandonTrial':
      return `abandoned trial ${message.trial}: ${message.reason}`;
    case 'decide':
      return `decided ${message.decision}: ${message.choice}`;
  }
}

function describeExtension(extension: BudgetExtension): string {
  return Object.entries(extension)
    .map(([part, more]) => `${more} more ${partNames[part as ExtensiblePart]}`)
    .join(', ');
}
