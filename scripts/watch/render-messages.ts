import { stripVTControlCharacters } from 'node:util';
import colors from 'picocolors';
import type { MessageHead } from '../../workflows/domain/person-message.ts';
import type { Progress } from '../../workflows/domain/progress.ts';
import type { ModelChoice } from '../../workflows/schema/models.ts';
import { modelRoles } from '../steering/model-roles.ts';
import { minuteOf } from '../minute-of.ts';
import { renderTable } from './render-table.ts';

const messagesShown = 5;

/** The newest of what people said, a line each, and a blank one; nothing where nobody has said anything. */
export function renderMessages({ messages, recentMessages }: Progress): string[] {
  const shown = recentMessages.slice(-messagesShown);
  if (shown.length === 0) return [];
  return [
    messages > shown.length ? `Messages, the newest ${shown.length} of ${messages}:` : 'Messages:',
    ...renderTable(shown.map(messageCells)).map((line, index) =>
      shown[index]?.problem === null ? `  ${line}` : colors.yellow(`  ${line}`),
    ),
    '',
  ];
}

function messageCells(head: MessageHead): string[] {
  const { number, at, by } = head;
  return [String(number), minuteOf(at), printable(by), `${deedOf(head)}${refusalOf(head)}`];
}

/** "message 12: feedback by ada", and why it was refused where it was. */
export function messageLine(head: MessageHead): string {
  const line = `message ${head.number}: ${deedOf(head)} by ${printable(head.by)}${refusalOf(head)}`;
  return head.problem === null ? line : colors.yellow(line);
}

function deedOf({ kind, signal = 'a signal', when }: MessageHead): string {
  if (kind === 'refused') return printable(signal);
  return when === 'now' ? `${kind} now` : kind;
}

function refusalOf({ problem }: MessageHead): string {
  return problem === null ? '' : printable(`, refused: ${problem}`);
}

/** What anybody may have sent, without what would move the cursor. */
function printable(text: string): string {
  return stripVTControlCharacters(text).replaceAll(/\s+/g, ' ');
}

/** One line for all roles that were given a model; the others take what the worker is set to. */
export function renderModels({ models }: Progress): string[] {
  const given = modelRoles.flatMap((role) => {
    const choice = models[role];
    return choice === undefined ? [] : [`${role} ${describeChoice(choice)}`];
  });
  return given.length === 0 ? [] : [`Models: ${given.join(', ')}`];
}

export function describeChoice(choice: ModelChoice): string {
  if (typeof choice === 'string') return choice;
  const { model, fallbacks = [] } = choice;
  return [model, ...fallbacks].join(' or else ');
}
