import type { ReadCounts } from './line-reader.ts';
import type { Crowd, LineGroup } from './line-group.ts';
import type { OtherTracebacks, Traceback } from './traceback.ts';

/** All that is remembered of a log once it has been read; its size does not depend on the log's. */
export interface LogCensus {
  counts: ReadCounts;
  groups: LineGroup[];
  crowds: Crowd[];
  tracebacks: Traceback[];
  otherTracebacks: OtherTracebacks[];
  /** The last bytes of the log. They begin within a line if the log is longer. */
  tail: Buffer;
}
