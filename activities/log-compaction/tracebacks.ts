import { advanceTraceback, openTraceback, type OpenTraceback } from './open-traceback.ts';
import type { ScannedLine } from './scan-line.ts';
import type { OtherTracebacks, Traceback } from './traceback.ts';
import { createTracebackKinds } from './traceback-kinds.ts';

export interface Tracebacks {
  readonly isOpen: boolean;
  /** Begins a traceback with the line that announces it. */
  open(line: ScannedLine, bytes: Buffer, lineNumber: number): void;
  /** Whether the line belongs to a traceback that is open. */
  takes(line: ScannedLine, bytes: Buffer, lineNumber: number): boolean;
  end(): void;
  kinds(): Traceback[];
  others(): OtherTracebacks[];
}

/** Puts tracebacks together, also several at a time whose lines are interleaved, if each line of theirs has a prefix. */
export function createTracebacks(): Tracebacks {
  const opened = new Map<string, OpenTraceback>();
  const kinds = createTracebackKinds();

  function open(line: ScannedLine, bytes: Buffer, lineNumber: number): void {
    const begun = openTraceback(line, bytes, lineNumber);
    const earlier = opened.get(begun.prefix);
    if (earlier !== undefined) close(earlier);
    opened.set(begun.prefix, begun);
  }

  function takes(line: ScannedLine, bytes: Buffer, lineNumber: number): boolean {
    for (const each of opened.values()) {
      const answer = advanceTraceback(each, line, bytes);
      if (answer === 'taken') {
        each.lastLine = lineNumber;
        return true;
      }
      if (answer === 'over') close(each);
    }
    return false;
  }

  function close(ended: OpenTraceback): void {
    opened.delete(ended.prefix);
    kinds.add(ended);
  }

  return {
    get isOpen() {
      return opened.size > 0;
    },
    open,
    takes,
    end: () => opened.forEach(close),
    kinds: () => kinds.kinds(),
    others: () => kinds.others(),
  };
}
