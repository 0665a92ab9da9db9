import type { OpenTraceback } from './open-traceback.ts';
import { ownFrame, raisedErrors, type Frame, type OtherTracebacks, type Traceback } from './traceback.ts';

/** Kinds of errors that are kept with their text; further ones are counted by type. */
const mostKinds = 256;
const mostTypes = 200;
const mostPrefixes = 64;
/** Hashes of whole tracebacks whose kind is known; beyond, a kind is looked for no more. */
const mostKnownHashes = 20_000;

export interface TracebackKinds {
  add(ended: OpenTraceback): void;
  kinds(): Traceback[];
  others(): OtherTracebacks[];
}

/** Occurrences are one kind if their chains have the same types, messages (but for numbers) and innermost own frames. */
export function createTracebackKinds(): TracebackKinds {
  const kinds = new Map<string, Traceback>();
  const known = new Map<number, Traceback>();
  const others = new Map<string, OtherTracebacks>();

  function add(ended: OpenTraceback): void {
    const kind = known.get(ended.hash) ?? kindOf(ended);
    if (kind === null) return;
    kind.count += 1;
    kind.lines += ended.lines;
    kind.lastLine = Math.max(kind.lastLine, ended.lastLine);
    const prefix = ended.prefix.trim();
    if (prefix !== '' && kind.prefixes.size < mostPrefixes) kind.prefixes.add(prefix);
  }

  /** The kind, still without this occurrence. Null if it was counted among the others. */
  function kindOf(ended: OpenTraceback): Traceback | null {
    if (kinds.size >= mostKinds || known.size >= mostKnownHashes) {
      countOther(typeOf(ended), ended.lines);
      return null;
    }
    const text = ended.parts.join('\n');
    const errors = raisedErrors(text);
    const key = JSON.stringify(errors.map((error) => [error.type, masked(error.message), place(error.frames)]));
    const { firstLine, lastLine, cutBytes } = ended;
    const kind = kinds.get(key) ?? { text, cutBytes, prefixes: new Set(), count: 0, lines: 0, firstLine, lastLine };
    kinds.set(key, kind);
    known.set(ended.hash, kind);
    return kind;
  }

  function countOther(given: string, lines: number): void {
    const type = others.has(given) || others.size < mostTypes ? given : 'further types';
    const other = others.get(type) ?? { type, count: 0, lines: 0 };
    others.set(type, { type, count: other.count + 1, lines: other.lines + lines });
  }

  return { add, kinds: () => [...kinds.values()], others: () => [...others.values()] };
}

/** The type of the error itself, which stands in the last line that is not indented. */
function typeOf({ parts }: OpenTraceback): string {
  const ending = parts.findLast((part) => !part.startsWith(' ')) ?? '';
  return /^[\w.]+/.exec(ending)?.[0] ?? 'unknown';
}

function masked(text: string): string {
  return text.replace(/0x[\da-f]+|\d+/gi, '#').slice(0, 300);
}

function place(frames: readonly Frame[]): string {
  const frame = ownFrame(frames);
  return frame === null ? '' : `${frame.file}:${frame.line}`;
}
