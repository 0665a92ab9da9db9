import type { Models } from '../schema/models.ts';
import { extensibleParts, partNames, type BudgetExtension, type ExtensiblePart } from './budget.ts';

/**
 * What people say to a running experiment. Signals may carry anything, and a handler that throws blocks its workflow
 * for ever: so every delivery becomes a message, and what cannot be understood becomes a refused one.
 */
export type PersonMessage = { by: string; at: string; id: string | null } & (
  | { kind: 'feedback'; text: string }
  | { kind: 'pause' }
  | { kind: 'resume' }
  | { kind: 'stop'; reason: string }
  | { kind: 'changeModels'; models: Models }
  | { kind: 'extendBudget'; extension: BudgetExtension }
  | { kind: 'refused'; signal: string; problem: string }
);

export const messageBytes = 8 * 1024;

type Fields = Record<string, unknown>;
type Reading = { by: string; id: string | null; fields: Fields } | { problem: string };

export function readFeedback(payload: unknown, at: string): PersonMessage {
  const reading = read(typeof payload === 'string' ? { text: payload } : payload, ['text', 'by', 'id']);
  if ('problem' in reading) return refused('feedback', reading.problem, at);
  const { by, id, fields } = reading;
  if (typeof fields['text'] !== 'string' || fields['text'].trim() === '') {
    return refused('feedback', 'text: must be a text that is not empty', at);
  }
  return { kind: 'feedback', text: fields['text'], by, at, id };
}

export function readPause(payload: unknown, at: string): PersonMessage {
  const reading = read(payload ?? {}, ['when', 'by', 'id']);
  if ('problem' in reading) return refused('pause', reading.problem, at);
  const { by, id, fields } = reading;
  if (fields['when'] !== undefined && fields['when'] !== 'afterTrials') {
    return refused('pause', 'when: only "afterTrials" is supported', at);
  }
  return { kind: 'pause', by, at, id };
}

export function readResume(payload: unknown, at: string): PersonMessage {
  const reading = read(payload ?? {}, ['by', 'id']);
  if ('problem' in reading) return refused('resume', reading.problem, at);
  return { kind: 'resume', by: reading.by, at, id: reading.id };
}

export function readStop(payload: unknown, at: string): PersonMessage {
  const reading = read(payload ?? {}, ['reason', 'by', 'id']);
  if ('problem' in reading) return refused('stop', reading.problem, at);
  const { by, id, fields } = reading;
  if (fields['reason'] !== undefined && typeof fields['reason'] !== 'string') {
    return refused('stop', 'reason: must be a text', at);
  }
  return { kind: 'stop', reason: oneLine(fields['reason'] ?? 'no reason given'), by, at, id };
}

/** The updates: what is wrong with one is thrown back at its sender. Models themselves are checked by an activity. */
export type UpdateReading<T> = { value: T; by: string; id: string | null } | { problem: string };

const wholeNumbers = ['trials', 'tokens', 'calls'];
const mostMore = 1e12;

export function readExtension(payload: unknown): UpdateReading<BudgetExtension> {
  const reading = read(payload, [...extensibleParts, 'by', 'id']);
  if ('problem' in reading) return reading;
  const { by, id, fields } = reading;
  const parts = Object.entries(fields).filter(([name]) => extensibleParts.some((part) => part === name));
  if (parts.length === 0) return { problem: `must name at least one of ${extensibleParts.join(', ')}` };
  const wrong = parts.find(([name, more]) => !isAmount(more, wholeNumbers.includes(name)));
  if (wrong !== undefined) return { problem: `${wrong[0]}: must be a positive number, which is added to the budget` };
  return { value: Object.fromEntries(parts), by, id };
}

function isAmount(value: unknown, isWhole: boolean): boolean {
  if (typeof value !== 'number' || !(value > 0) || value > mostMore) return false;
  return !isWhole || Number.isInteger(value);
}

/** `models` by role, as in the input of an experiment. */
export function readModelChange(payload: unknown): UpdateReading<Fields> {
  const reading = read(payload, ['models', 'by', 'id']);
  if ('problem' in reading) return reading;
  const { by, id, fields } = reading;
  const { models } = fields;
  if (typeof models !== 'object' || models === null || Array.isArray(models) || Object.keys(models).length === 0) {
    return { problem: 'models: must be an object of models by role, such as {"coder": "anthropic/claude-sonnet-4-5"}' };
  }
  return { value: models as Fields, by, id };
}

function refused(signal: string, problem: string, at: string): PersonMessage {
  return { kind: 'refused', signal, problem, by: 'unknown', at, id: null };
}

function read(payload: unknown, names: readonly string[]): Reading {
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) {
    return { problem: `must be a JSON object with ${names.join(', ')}` };
  }
  const bytes = new TextEncoder().encode(JSON.stringify(payload)).length;
  if (bytes > messageBytes) return { problem: `has ${bytes} bytes, at most ${messageBytes} are taken` };
  const fields = payload as Fields;
  const unknown = Object.keys(fields).find((name) => !names.includes(name));
  if (unknown !== undefined) return { problem: `${unknown.slice(0, 60)}: unknown name` };
  const { by, id } = fields;
  if (by !== undefined && !isShortText(by)) return { problem: 'by: must be a text of at most 200 characters' };
  if (id !== undefined && !isShortText(id)) return { problem: 'id: must be a text of at most 200 characters' };
  return { by: oneLine(by ?? 'somebody'), id: id ?? null, fields };
}

/** Names and reasons stand within a line of the report: a line break would let them write headings of their own. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function isShortText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 200;
}

/** One line for logs, prompts and the report; a feedback's own words follow it unchanged. */
export function describeMessage(message: PersonMessage): string {
  switch (message.kind) {
    case 'feedback':
      return `${message.at} ${message.by} gave feedback:`;
    case 'pause':
      return `${message.at} ${message.by} paused the experiment`;
    case 'resume':
      return `${message.at} ${message.by} resumed the experiment`;
    case 'stop':
      return `${message.at} ${message.by} asked to stop: ${message.reason}`;
    case 'changeModels':
      return `${message.at} ${message.by} changed the models: ${oneLine(JSON.stringify(message.models))}`;
    case 'extendBudget':
      return `${message.at} ${message.by} extended the budget: ${describeExtension(message.extension)}`;
    case 'refused':
      return `${message.at} a signal \`${message.signal}\` was refused: ${message.problem}`;
  }
}

function describeExtension(extension: BudgetExtension): string {
  return Object.entries(extension)
    .map(([part, more]) => `${more} more ${partNames[part as ExtensiblePart]}`)
    .join(', ');
}
