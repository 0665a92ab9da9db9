import type { ExecutionFault, ExecutionOutcome } from './execution.ts';
import { tableCell } from './table-cell.ts';

export type FailureClass = ExecutionOutcome['kind'] | ExecutionFault['class'];

/** What one way to end is known by and leads to. */
export interface FailureRow {
  /** What the execution did, as in "its rehearsal ran out of GPU memory". */
  ending: string;
  evidence: string;
  /** How often it is tried again before anything else follows. Infinity: for about a day. */
  retries: number;
  /** Whether the language model learns of it in the end. */
  isForModel: boolean;
  /** What the model that mends the script is told beside the output. */
  advice: string | null;
}

const result = { retries: 0, isForModel: true, advice: null };
const forModel = { retries: 0, isForModel: true };
const forNobody = { retries: 0, isForModel: false, advice: null };
const untilItWorks = { retries: Infinity, isForModel: false, advice: null };

/** Every way in which an execution ends. The README prints it. */
export const failureTable: Readonly<Record<FailureClass, FailureRow>> = {
  completed: { ending: 'completed', evidence: 'ends well with a finite metric', ...result },
  stopped: { ending: 'was stopped on request', evidence: 'a stop or a cancel was asked for', ...forNobody },
  crashed: {
    ending: 'crashed',
    evidence: 'traceback, other exit status, device-side assert',
    ...forModel,
    advice: 'Mend the cause that the end of the output names.',
  },
  missingMetric: {
    ending: 'ended without the metric',
    evidence: 'ends well, metric not reported',
    ...forModel,
    advice: 'Call longrun.finish(...) once, at the end, with the metric under exactly the name that is asked for.',
  },
  diverged: {
    ending: 'diverged',
    evidence: 'metric NaN or infinite, at the end or while watched',
    ...forModel,
    advice: 'Lower or warm up the learning rate, clip gradients, and guard logarithms, divisions and half precision.',
  },
  outOfGpuMemory: {
    ending: 'ran out of GPU memory',
    evidence: 'last error: CUDA out of memory, RESOURCE_EXHAUSTED, ...',
    ...forModel,
    advice:
      'Make the batch smaller or accumulate gradients, use mixed precision or activation checkpoints, and keep no tensor that holds a graph.',
  },
  outOfHostMemory: {
    ending: 'ran out of host memory',
    evidence: 'memory limit, MemoryError, a worker process killed',
    ...forModel,
    advice:
      'Read the data in parts or memory-mapped, use fewer worker processes, and keep no growing lists of tensors.',
  },
  quotaExceeded: {
    ending: 'used up its',
    evidence: 'limit of disk, file, /dev/shm (SIGBUS) or output reached',
    ...forModel,
    advice:
      'Write fewer and smaller files, and none of size to /tmp. Shared memory: fewer data-loading workers, or none. Output: print less.',
  },
  stalled: {
    ending: 'stalled',
    evidence: 'no output, step or file for too long',
    ...forModel,
    advice:
      'The stack shows where it hung: look for worker processes that wait for each other, a loop without an end, a step that logs nothing.',
  },
  timedOut: {
    ending: 'reached its deadline before it reported the metric',
    evidence: 'deadline reached, no final metric',
    ...forModel,
    advice: 'Do less work, ask longrun.should_stop() in every loop, and leave time for the evaluation.',
  },
  nativeCrash: {
    ending: 'crashed in native code',
    evidence: 'SIGSEGV, SIGABRT, SIGILL, SIGFPE, SIGTRAP',
    retries: 1,
    isForModel: true,
    advice:
      'It was tried again before this was said: avoid the call that the stack names, or use fewer threads and worker processes.',
  },
  killedFromOutside: {
    ending: 'was killed from outside',
    evidence: 'SIGKILL, SIGTERM, ... that Longrun did not send',
    retries: 2,
    isForModel: true,
    advice: null,
  },
  hostLost: { ending: 'lost its watchers', evidence: 'unattended for too long', ...untilItWorks },
  deviceFault: {
    ending: 'met a fault of its GPU',
    evidence: 'GPU unusable at the start; ECC or Xid errors (twice)',
    ...untilItWorks,
  },
  diskFull: { ending: 'found the disk full', evidence: 'less disk free than the reserve', ...untilItWorks },
  sandboxMisconfigured: {
    ending: 'could not be started in its sandbox',
    evidence: 'bubblewrap itself failed',
    ...untilItWorks,
  },
};

/** The table in Markdown, its columns aligned as prettier aligns them. */
export function renderFailureTable(): string {
  const rows = Object.entries(failureTable).map(([name, row]) => [`\`${name}\``, row.evidence, whatFollows(row)]);
  const cells = [['class', 'evidence', 'what follows'], ...rows].map((row) => row.map(tableCell));
  const widths = [0, 1, 2].map((column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: string[]) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [header = [], ...body] = cells;
  return [header, widths.map((width) => '-'.repeat(width)), ...body].map(line).join('\n');
}

function whatFollows({ retries, isForModel }: FailureRow): string {
  if (retries === Infinity) return 'tried again for about a day';
  if (retries > 0) return `tried again ${retries === 1 ? 'once' : 'twice'}, then to the model`;
  return isForModel ? 'to the model' : 'the trial ends';
}
