import type { Random } from './random.ts';
import { createTruth, type Truth } from './truth.ts';

/** Where a generator writes its log, in memory that does not grow with it. */
export interface LogWriter {
  readonly truth: Truth;
  /** The share of the wanted size that is written: 0 at first; at 1 it is time for the end. */
  progress(): number;
  line(text: string): void;
  /** Without the end of the line. */
  write(text: string): void;
}

export interface LogKind {
  name: string;
  /** For a log that is to hold nothing but what it is about. */
  isWithoutIncidents?: boolean;
  write(log: LogWriter, random: Random): void;
}

/** Takes the bytes in order; they are its own. */
export type ByteSink = (bytes: Buffer) => void;

const flushedCharacters = 1 << 16;

/** `end` writes what is still held back. */
export function createLogWriter(sink: ByteSink, wantedBytes: number): LogWriter & { end(): void } {
  let held = '';
  let flushedBytes = 0;
  const flush = (): void => {
    const bytes = Buffer.from(held, 'utf8');
    flushedBytes += bytes.length;
    held = '';
    if (bytes.length > 0) sink(bytes);
  };
  const write = (text: string): void => {
    held += text;
    if (held.length >= flushedCharacters) flush();
  };
  return {
    truth: createTruth(),
    progress: () => (flushedBytes + held.length) / wantedBytes,
    line: (text) => write(`${text}\n`),
    write,
    end: flush,
  };
}

/** The same log with something before every line, also of a text of several. */
export function withPrefix(log: LogWriter, prefix: () => string): LogWriter {
  return {
    ...log,
    line: (text) =>
      log.line(
        text
          .split('\n')
          .map((line) => `${prefix()}${line}`)
          .join('\n'),
      ),
  };
}

/** The same log as a terminal of `docker run -t` or Windows writes it. */
export function withCarriageReturns(log: LogWriter): LogWriter {
  return { ...log, line: (text) => log.write(`${text.replaceAll('\n', '\r\n')}\r\n`) };
}

/** Lines that are not written yet, such as one rank's, to be interleaved with others. Their truth counts at once. */
export function collectLines(log: LogWriter, write: (log: LogWriter) => void): string[] {
  const lines: string[] = [];
  write({ ...log, line: (text) => void lines.push(...text.split('\n')), write: (text) => void lines.push(text) });
  return lines;
}

/** By turns lines of each list, each in its own order. */
export function interleave(lists: readonly string[][], random: Random): string[] {
  const pending = lists.map((list) => list.toReversed());
  const mixed: string[] = [];
  for (;;) {
    const left = pending.filter((list) => list.length > 0);
    if (left.length === 0) return mixed;
    const list = random.pick(left);
    for (let run = random.integer(1, 4); run > 0 && list.length > 0; run -= 1) mixed.push(list.pop() as string);
  }
}
