import { extensibleParts, type BudgetExtension } from './budget.ts';
import { lineOf, messageBytes, readPayload, type Payload, type Problem } from './read-payload.ts';

/** What an update carries, or why it is thrown back at its sender. */
export type UpdateReading<T> = { value: T; by: string; id: string | null } | Problem;

const wholeNumbers = ['trials', 'tokens', 'calls'];
const mostMore = 1e12;

export function readExtension(payload: unknown): UpdateReading<BudgetExtension> {
  return reading(readPayload(payload, [...extensibleParts, 'by', 'id']), (fields) => {
    const parts = Object.entries(fields).filter(([name]) => extensibleParts.some((part) => part === name));
    if (parts.length === 0) return { problem: `must name at least one of ${extensibleParts.join(', ')}` };
    const wrong = parts.find(([name, more]) => !isAmount(more, wholeNumbers.includes(name)));
    if (wrong === undefined) return { value: Object.fromEntries(parts) };
    const number = wholeNumbers.includes(wrong[0]) ? 'whole number' : 'number';
    return { problem: `${wrong[0]}: must be a positive ${number}, which is added to the budget` };
  });
}

function isAmount(value: unknown, isWhole: boolean): boolean {
  if (typeof value !== 'number' || !(value > 0) || value > mostMore) return false;
  return !isWhole || Number.isInteger(value);
}

/** `models` by role, as in the input of an experiment. Models themselves are checked by an activity. */
export function readModelChange(payload: unknown): UpdateReading<Record<string, unknown>> {
  return reading(readPayload(payload, ['models', 'by', 'id']), ({ models }) =>
    typeof models !== 'object' || models === null || Array.isArray(models) || Object.keys(models).length === 0
      ? { problem: 'models: must be an object of models by role, such as {"coder": "anthropic/claude-sonnet-4-5"}' }
      : { value: models as Record<string, unknown> },
  );
}

export interface PlanChange {
  /** Markdown; null: the planner is asked for it. */
  plan: string | null;
  reason: string;
}

/** Of JSON: one message goes to disk in one activity call, whose payload has an end. */
export const planMessageBytes = 16 * 1024;

const mostReasonCharacters = 400;

export function readPlanChange(payload: unknown): UpdateReading<PlanChange> {
  return reading(readPayload(payload, ['plan', 'reason', 'by', 'id'], planMessageBytes), (fields) => {
    const { plan = null } = fields;
    const reason = lineOf(fields['reason'], '');
    if (plan !== null && (typeof plan !== 'string' || plan.trim() === '')) {
      return { problem: 'plan: must be Markdown that is not empty' };
    }
    if (reason === null || reason.length > mostReasonCharacters) {
      return { problem: `reason: must be a text of at most ${mostReasonCharacters} characters` };
    }
    if (plan === null && reason === '') return { problem: 'must have a plan, or the reason for which to ask for one' };
    return { value: { plan, reason: reason === '' ? 'no reason given' : reason } };
  });
}

export interface Abandonment {
  trial: number;
  reason: string;
}

export function readAbandonment(payload: unknown): UpdateReading<Abandonment> {
  return reading(readPayload(payload, ['trial', 'reason', 'by', 'id']), ({ trial, reason: given }) => {
    const reason = lineOf(given, 'no reason given');
    if (typeof trial !== 'number' || !Number.isInteger(trial) || trial < 1) {
      return { problem: 'trial: must be the number of a trial' };
    }
    return reason === null ? { problem: 'reason: must be a text' } : { value: { trial, reason } };
  });
}

export interface DecisionAnswer {
  id: string;
  choice: string;
}

/** Here `id` is the decision's own: answering it twice is answering it once and being refused once. */
export function readDecision(payload: unknown): UpdateReading<DecisionAnswer> {
  return reading(readPayload(payload, ['id', 'choice', 'by'], messageBytes), ({ id, choice }) =>
    typeof id === 'string' && typeof choice === 'string'
      ? { value: { id, choice } }
      : { problem: 'must have the id of the decision and the choice, as texts' },
  );
}

function reading<T>(
  payload: Payload | Problem,
  read: (fields: Payload['fields']) => { value: T } | Problem,
): UpdateReading<T> {
  if ('problem' in payload) return { problem: payload.problem };
  const content = read(payload.fields);
  return 'problem' in content ? content : { value: content.value, by: payload.by, id: payload.id };
}
