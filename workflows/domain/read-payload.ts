import { oneLine } from './person-message.ts';
import { Undecodable } from './undecodable.ts';

/** What a person sent, as far as every message is alike. */
export interface Payload {
  by: string;
  id: string | null;
  fields: Record<string, unknown>;
}

/** What is wrong with it, and who sent it, where that can be read. */
export type Problem = { problem: string; by?: string; id?: string | null };

/** Of JSON. */
export const messageBytes = 8 * 1024;

/** Checks what every message has in common: an object of known names, not too large, with its author. */
export function readPayload(
  payload: unknown,
  names: readonly string[],
  mostBytes: number = messageBytes,
): Payload | Problem {
  if (payload instanceof Undecodable) return { problem: payload.problem };
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) {
    return { problem: `must be a JSON object with ${names.join(', ')}` };
  }
  const fields = payload as Record<string, unknown>;
  const { by, id } = fields;
  const sender = {
    by: isShortText(by) ? oneLine(by) || 'somebody' : 'somebody',
    id: isShortText(id) && id !== '' ? id : null,
  };
  const problem = problemOf(fields, names, mostBytes);
  return problem === null ? { ...sender, fields } : { ...sender, problem };
}

function problemOf(fields: Record<string, unknown>, names: readonly string[], mostBytes: number): string | null {
  const bytes = bytesOf(fields);
  if (bytes === null) return 'is nested too deeply';
  if (bytes > mostBytes) return `has ${bytes} bytes as JSON, at most ${mostBytes} are taken`;
  const unknown = Object.keys(fields).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    return `${oneLine(unknown.slice(0, 60))}: unknown name; the names are ${names.join(', ')}`;
  }
  const { by, id } = fields;
  if (by !== undefined && !isShortText(by)) return 'by: must be a text of at most 200 characters';
  if (id !== undefined && !isShortText(id)) return 'id: must be a text of at most 200 characters';
  return null;
}

/** Of its JSON; null where it is nested too deeply to be written. Reading takes any depth. */
export function bytesOf(fields: unknown): number | null {
  try {
    return new TextEncoder().encode(JSON.stringify(fields)).length;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** A line of text, or what stands for it where nothing was given; null: it is no text. */
export function lineOf(value: unknown, otherwise: string): string | null {
  if (value === undefined) return otherwise;
  return typeof value === 'string' ? oneLine(value) || otherwise : null;
}

function isShortText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 200;
}
