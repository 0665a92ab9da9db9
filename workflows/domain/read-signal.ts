import { oneLine, type PauseKind, type PersonMessage } from './person-message.ts';
import { lineOf, readPayload, type Payload, type Problem } from './read-payload.ts';

/* A signal's payload as a message, whatever it is: what is malformed becomes a refused one. `at` is ISO 8601. */

export function readFeedback(payload: unknown, at: string): PersonMessage {
  const reading = readPayload(typeof payload === 'string' ? { text: payload } : payload, ['text', 'by', 'id']);
  return message({ signal: 'feedback', at, reading }, ({ text }) =>
    typeof text === 'string' && text.trim() !== ''
      ? { kind: 'feedback', text }
      : { problem: 'text: must be a text that is not empty' },
  );
}

export function readPause(payload: unknown, at: string): PersonMessage {
  const reading = readPayload(payload ?? {}, ['when', 'by', 'id']);
  return message({ signal: 'pause', at, reading }, ({ when = 'afterTrials' }) =>
    when === 'afterTrials' || when === 'now'
      ? { kind: 'pause', when }
      : { problem: 'when: must be "afterTrials" or "now"' },
  );
}

export function readResume(payload: unknown, at: string): PersonMessage {
  const reading = readPayload(payload ?? {}, ['by', 'id']);
  return message({ signal: 'resume', at, reading }, () => ({ kind: 'resume' }));
}

export function readStop(payload: unknown, at: string): PersonMessage {
  const reading = readPayload(payload ?? {}, ['reason', 'by', 'id']);
  return message({ signal: 'stop', at, reading }, (fields) => {
    const reason = lineOf(fields['reason'], 'no reason given');
    return reason === null ? { problem: 'reason: must be a text' } : { kind: 'stop', reason };
  });
}

/** Of a name that nobody listens to: most often a slip in one that somebody does. */
export function readUnknown(
  { name, known }: { name: string; known: readonly string[] },
  payload: unknown,
  at: string,
): PersonMessage {
  const { by = 'somebody', id = null } = readPayload(payload ?? {}, ['by', 'id']);
  const problem = `there is no such signal; there are ${known.join(', ')}`;
  return { kind: 'refused', signal: oneLine(name).slice(0, 60), problem, by, at, id };
}

interface Delivery {
  signal: string;
  at: string;
  reading: Payload | Problem;
}

type Content =
  | { kind: 'feedback'; text: string }
  | { kind: 'pause'; when: PauseKind }
  | { kind: 'resume' }
  | { kind: 'stop'; reason: string };

/** Who sent what is refused stays known where it could be read: its sender looks for it by its id. */
function message(
  { signal, at, reading }: Delivery,
  read: (fields: Payload['fields']) => Content | Problem,
): PersonMessage {
  const { by = 'somebody', id = null } = reading;
  const content = 'problem' in reading ? reading : read(reading.fields);
  return 'problem' in content
    ? { kind: 'refused', signal, problem: content.problem, by, at, id }
    : { ...content, by, at, id };
}
