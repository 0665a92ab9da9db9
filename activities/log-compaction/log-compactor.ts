import { createLineGroups } from './line-groups.ts';
import { createLineReader } from './line-reader.ts';
import type { LogCensus } from './log-census.ts';
import { createTracebacks } from './tracebacks.ts';

export interface LogCompactor {
  write(chunk: Buffer): void;
  /** Nothing may be written afterwards. */
  end(): LogCensus;
}

/**
 * Reads a log as a stream of bytes, in memory that depends neither on its size nor on its content. Every line is counted
 * exactly once: as blank, in a group, in a crowd, or in a traceback.
 */
export function createLogCompactor(): LogCompactor {
  const groups = createLineGroups();
  const tracebacks = createTracebacks();
  const reader = createLineReader((line, bytes, lineNumber) => {
    if (tracebacks.isOpen && tracebacks.takes(line, bytes, lineNumber)) return;
    const group = groups.add(line, bytes, lineNumber);
    if (group?.opensTraceback === true) tracebacks.open(line, bytes, lineNumber);
  });
  return {
    write: (chunk) => reader.write(chunk),
    end() {
      reader.end();
      tracebacks.end();
      return {
        counts: reader.counts,
        groups: groups.groups(),
        crowds: groups.crowds(),
        tracebacks: tracebacks.kinds(),
        otherTracebacks: tracebacks.others(),
        tail: reader.tail(),
      };
    },
  };
}
