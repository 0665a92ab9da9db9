/**
 * What people say to a running experiment. Signals may carry anything, and a handler that throws blocks its workflow
 * for ever: so every delivery becomes a message, and what cannot be understood becomes a refused one.
 */
export type PersonMessage = { by: string; at: string; id: string | null } & (
  | { kind: 'feedback'; text: string }
  | { kind: 'pause' }
  | { kind: 'resume' }
  | { kind: 'stop'; reason: string }
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
    case 'refused':
      return `${message.at} a signal \`${message.signal}\` was refused: ${message.problem}`;
  }
}
