import type { ExitRecord, MetricValue } from '../schema/execution-record.ts';
import { errorCause, type ErrorCause } from './error-cause.ts';
import type { ExecutionFault, ExecutionOutcome, Quota } from './execution.ts';
import { failureTable } from './failure-class.ts';
import { finalError } from './final-error.ts';
import { shorten } from './journal.ts';

/** All that is known about a process that has ended. */
export interface ExecutionEvidence {
  exit: ExitRecord;
  metrics: Record<string, MetricValue>;
  metricName: string;
  /** The end of the output, so much of it that a long traceback is whole. */
  output: string;
  /** What the language model is to see of it. */
  excerpt: string;
  /** Whether less of the host's disk is free than its reserve. */
  isDiskFull: boolean;
}

export type Judgement = { kind: 'outcome'; outcome: ExecutionOutcome } | { kind: 'fault'; fault: ExecutionFault };

/**
 * The class of an execution: an outcome for the language model to learn from, or a fault for which the same script is
 * tried again. The supervisor's reason comes first, then the metric of a script that ended well, then the error that
 * its output ends with, then the exit status. `failureTable` has it in words.
 *
 * It does not cover GPU memory that somebody else took: the script is told to need less.
 */
export function judgeExecution(evidence: ExecutionEvidence): Judgement {
  const { exit, excerpt } = evidence;
  const message = exit.message ?? null;
  switch (exit.reason) {
    case 'exited':
      return exit.code === 0 ? outcome(measured(evidence) ?? missingMetric(evidence)) : judgeError(evidence);
    case 'signaled':
      return judgeError(evidence);
    case 'deadline':
      return outcome((exit.code === 0 ? measured(evidence) : null) ?? timedOut(evidence));
    case 'stopped':
      return outcome({ kind: 'stopped' });
    case 'unstartable':
      return outcome(crashed({ ...evidence, excerpt: message ?? 'the process could not be started' }));
    case 'memory':
      return outcome({ kind: 'outOfHostMemory', peakMemoryBytes: exit.peakMemoryBytes, message, excerpt });
    case 'workQuota':
      return outcome(quotaExceeded(evidence, 'disk'));
    case 'outputQuota':
      return outcome(quotaExceeded(evidence, 'output'));
    case 'stalled':
      return outcome({ kind: 'stalled', message, excerpt });
    case 'diverged':
      return outcome({ kind: 'diverged', value: nonFiniteMetric(evidence) ?? message ?? 'NaN', excerpt });
    case 'unattended':
      return fault('hostLost', message ?? 'nobody was in contact with it');
    case 'deviceUnusable':
      return fault('deviceFault', message ?? 'the check before the start failed');
    case 'sandboxFailed':
      return fault('sandboxMisconfigured', message ?? 'bubblewrap failed');
    case 'diskFull':
      return fault('diskFull', message ?? 'less is free than the reserve');
  }
}

/** A script that ends by itself is judged by its metric: a diverged training that exits 0 is measured to be common. */
function measured(evidence: ExecutionEvidence): ExecutionOutcome | null {
  const value = evidence.metrics[evidence.metricName];
  if (typeof value === 'number') return { kind: 'completed', metric: value };
  return value === undefined ? null : { kind: 'diverged', value, excerpt: evidence.excerpt };
}

function nonFiniteMetric({ metrics, metricName }: ExecutionEvidence): string | null {
  const value = metrics[metricName];
  return typeof value === 'string' ? value : null;
}

const mostMetrics = 20;

function missingMetric({ metrics, excerpt }: ExecutionEvidence): ExecutionOutcome {
  return { kind: 'missingMetric', reported: Object.keys(metrics).slice(0, mostMetrics), excerpt };
}

function timedOut({ metrics, excerpt }: ExecutionEvidence): ExecutionOutcome {
  return { kind: 'timedOut', metrics: Object.fromEntries(Object.entries(metrics).slice(0, mostMetrics)), excerpt };
}

function quotaExceeded({ exit, excerpt }: ExecutionEvidence, which: Quota): ExecutionOutcome {
  return { kind: 'quotaExceeded', which, message: exit.message ?? null, excerpt };
}

function crashed({ exit, excerpt }: ExecutionEvidence, note?: string): ExecutionOutcome {
  const noted = note === undefined ? {} : { note };
  return { kind: 'crashed', exitCode: exit.code, signal: exit.signal, ...noted, excerpt };
}

/** Python itself dies of no signal but the abort in which an exception of native code ends. */
function judgeError(evidence: ExecutionEvidence): Judgement {
  const { signal } = evidence.exit;
  const error = signal === null || signal === 'SIGABRT' ? finalError(evidence.output) : null;
  const cause = error === null ? null : errorCause(error);
  return error === null || cause === null ? judgeSignal(evidence) : judgeCause(evidence, cause, error);
}

/** So often a script's own words about its GPU are believed: it may have hidden the GPU from itself. */
const believedDeviceFaults = 2;

function judgeCause(evidence: ExecutionEvidence, cause: ErrorCause, error: string): Judgement {
  const { exit, excerpt, isDiskFull } = evidence;
  switch (cause) {
    case 'deviceFault':
      return exit.attempt <= believedDeviceFaults
        ? fault('deviceFault', error)
        : outcome(crashed(evidence, `the GPU was blamed for it in attempt ${exit.attempt} again`));
    case 'outOfGpuMemory':
      return outcome({ kind: 'outOfGpuMemory', excerpt });
    case 'outOfHostMemory':
      return outcome({ kind: 'outOfHostMemory', peakMemoryBytes: exit.peakMemoryBytes, message: null, excerpt });
    case 'sharedMemoryFull':
      return outcome(quotaExceeded(evidence, 'sharedMemory'));
    case 'fileTooLarge':
      return outcome(quotaExceeded(evidence, 'file'));
    case 'noSpaceLeft':
      return isDiskFull ? fault('diskFull', error) : outcome(quotaExceeded(evidence, 'disk'));
    case 'gpuKernelFailed':
      return outcome(crashed(evidence, kernelHint));
  }
}

const kernelHint =
  'a kernel on the GPU failed: with os.environ["CUDA_LAUNCH_BLOCKING"] = "1" before the imports the traceback names the line';

const nativeSignals = new Set(['SIGSEGV', 'SIGABRT', 'SIGILL', 'SIGFPE', 'SIGTRAP']);
const signalsOfOthers = new Set(['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP']);

/** Attempts count whatever ended them: after a lost host the first native crash may already be told to the model. */
function judgeSignal(evidence: ExecutionEvidence): Judgement {
  const { exit, excerpt } = evidence;
  const { signal, attempt } = exit;
  if (signal === null) return outcome(crashed(evidence));
  if (signal === 'SIGBUS') return outcome(quotaExceeded(evidence, 'sharedMemory'));
  if (signal === 'SIGXFSZ') return outcome(quotaExceeded(evidence, 'file'));
  if (nativeSignals.has(signal)) {
    return attempt <= failureTable.nativeCrash.retries
      ? fault('nativeCrash', signal)
      : outcome({ kind: 'nativeCrash', signal, excerpt });
  }
  if (!signalsOfOthers.has(signal)) return outcome(crashed(evidence));
  return attempt <= failureTable.killedFromOutside.retries
    ? fault('killedFromOutside', signal)
    : outcome(crashed(evidence, `not sent by Longrun, in attempt ${attempt}; perhaps the host ran out of memory`));
}

function outcome(value: ExecutionOutcome): Judgement {
  return { kind: 'outcome', outcome: value };
}

/** `detail` may be of any length and lines. */
function fault(name: ExecutionFault['class'], detail: string): Judgement {
  const evidence = shorten(detail.replace(/\s+/g, ' ').trim(), 300);
  return { kind: 'fault', fault: { class: name, message: `The execution ${failureTable[name].ending}: ${evidence}` } };
}
