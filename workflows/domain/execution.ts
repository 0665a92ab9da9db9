import type { ArtifactReference } from '../schema/artifact-reference.ts';
import type { MetricValue } from '../schema/execution-record.ts';
import { failureTable } from './failure-class.ts';
import { significant } from './statistics.ts';

/** How one process of a generated script ended. Every kind is data for the language model, none is an exception. */
export type ExecutionOutcome =
  | { kind: 'completed'; metric: number }
  /** `note` is what Longrun knows beyond the output. */
  | { kind: 'crashed'; exitCode: number | null; signal: string | null; note?: string; excerpt: string }
  | { kind: 'nativeCrash'; signal: string; excerpt: string }
  /** `value` is the metric's, or the supervisor's sentence about the one that it watched. */
  | { kind: 'diverged'; value: string; excerpt: string }
  | { kind: 'missingMetric'; reported: string[]; excerpt: string }
  | { kind: 'outOfGpuMemory'; excerpt: string }
  | { kind: 'outOfHostMemory'; peakMemoryBytes: number | null; message: string | null; excerpt: string }
  | { kind: 'quotaExceeded'; which: Quota; message: string | null; excerpt: string }
  | { kind: 'stalled'; message: string | null; excerpt: string }
  /** `metrics` are the newest values before the deadline; results of earlier versions have none. */
  | { kind: 'timedOut'; metrics?: Record<string, MetricValue>; excerpt: string }
  | { kind: 'stopped' };

/** What ran full: its disk space, one file, `/dev/shm`, or what it may print. */
export type Quota = 'disk' | 'file' | 'sharedMemory' | 'output';

/** Why an execution is tried again without a word to the language model: nothing that a script could mend. */
export interface ExecutionFault {
  class:
    | 'hostLost'
    | 'killedFromOutside'
    | 'deviceFault'
    | 'diskFull'
    | 'sandboxMisconfigured'
    /** For the first time: what comes back is the outcome of the same name. */
    | 'nativeCrash';
  message: string;
}

/** One finished process: its outcome, where it ran, and what it cost. */
export interface Execution {
  /** Its folder within the trial: `seed-0`, `rehearsal-2`. */
  name: string;
  outcome: ExecutionOutcome;
  host: string;
  sandbox: 'bubblewrap' | 'off';
  seconds: number;
  step: number | null;
  metrics: Record<string, MetricValue>;
  log: ArtifactReference;
  /** How much of its output is not in the log. */
  droppedOutputBytes: number;
}

/** One sentence for prompts and reports: what happened and by which evidence. */
export function describeExecution(outcome: ExecutionOutcome): string {
  if (outcome.kind === 'crashed' && outcome.signal !== null) {
    return `was ended by signal ${outcome.signal}${inBrackets(outcome.note)}`;
  }
  return `${failureTable[outcome.kind].ending}${detailOf(outcome)}`;
}

function detailOf(outcome: ExecutionOutcome): string {
  switch (outcome.kind) {
    case 'completed':
      return ` with ${outcome.metric}`;
    case 'crashed':
      return ` with exit status ${outcome.exitCode ?? 'unknown'}${inBrackets(outcome.note)}`;
    case 'nativeCrash':
      return ` by signal ${outcome.signal}`;
    case 'diverged':
      return /^(?:NaN|-?Infinity)$/.test(outcome.value) ? `: its metric is ${outcome.value}` : `: ${outcome.value}`;
    case 'missingMetric':
      return ` (it reported ${outcome.reported.join(', ') || 'nothing'})`;
    case 'outOfHostMemory':
      return inBrackets(outcome.message ?? peakOf(outcome.peakMemoryBytes));
    case 'quotaExceeded':
      return ` ${quotaNames[outcome.which]}${inBrackets(outcome.message)}`;
    case 'stalled':
      return inBrackets(outcome.message);
    case 'timedOut':
      return inBrackets(soFar(outcome.metrics ?? {}));
    case 'outOfGpuMemory':
    case 'stopped':
      return '';
  }
}

const quotaNames: Record<Quota, string> = {
  disk: 'disk space',
  file: 'file size',
  sharedMemory: 'shared memory',
  output: 'output',
};

function inBrackets(text: string | null | undefined): string {
  return text === null || text === undefined ? '' : ` (${text})`;
}

function peakOf(bytes: number | null): string | null {
  return bytes === null ? null : `peak ${(bytes / 1e9).toFixed(1)} GB`;
}

/** The first few: a script may log a hundred. */
function soFar(metrics: Record<string, MetricValue>): string | null {
  const values = Object.entries(metrics)
    .slice(0, 5)
    .map(([name, value]) => `${name}=${typeof value === 'number' ? significant(value) : value}`);
  return values.length === 0 ? null : `so far ${values.join(', ')}`;
}
