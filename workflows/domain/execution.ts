import type { ArtifactReference } from '../schema/artifact-reference.ts';
import type { ExitRecord, MetricValue } from '../schema/execution-record.ts';

/** How one process of a generated script ended. Every kind is data for the language model, none is an exception. */
export type ExecutionOutcome =
  | { kind: 'completed'; metric: number }
  | { kind: 'crashed'; exitCode: number | null; signal: string | null; excerpt: string }
  | { kind: 'diverged'; value: string; excerpt: string }
  | { kind: 'missingMetric'; reported: string[]; excerpt: string }
  | { kind: 'timedOut'; excerpt: string }
  | { kind: 'stopped' };

/** One finished process: its outcome, where it ran, and what it cost. */
export interface Execution {
  /** Its folder within the trial: `seed-0`, `rehearsal-2`. */
  name: string;
  outcome: ExecutionOutcome;
  host: string;
  seconds: number;
  step: number | null;
  metrics: Record<string, MetricValue>;
  log: ArtifactReference;
}

/** All that is known about a process that has ended. `excerpt` is the end of its output. */
export interface ExecutionEvidence {
  exit: ExitRecord;
  metrics: Record<string, MetricValue>;
  metricName: string;
  excerpt: string;
}

/**
 * The class of an execution. A script that ends by itself is judged by its metric, not by its exit status alone: a
 * diverged training that exits 0 is measured to be common.
 */
export function classifyExecution({ exit, metrics, metricName, excerpt }: ExecutionEvidence): ExecutionOutcome {
  if (exit.reason === 'stopped') return { kind: 'stopped' };
  if (exit.reason === 'unstartable') {
    return {
      kind: 'crashed',
      exitCode: null,
      signal: null,
      excerpt: exit.message ?? 'the process could not be started',
    };
  }
  const value = metrics[metricName];
  const endedByItself = exit.reason === 'exited' && exit.code === 0;
  if (endedByItself || (exit.reason === 'deadline' && exit.code === 0)) {
    if (typeof value === 'number') return { kind: 'completed', metric: value };
    if (value !== undefined) return { kind: 'diverged', value, excerpt };
  }
  if (exit.reason === 'deadline') return { kind: 'timedOut', excerpt };
  if (endedByItself) return { kind: 'missingMetric', reported: Object.keys(metrics).slice(0, 20), excerpt };
  return { kind: 'crashed', exitCode: exit.code, signal: exit.signal, excerpt };
}

/** One sentence for prompts and reports: what happened and by which evidence. */
export function describeExecution(outcome: ExecutionOutcome): string {
  switch (outcome.kind) {
    case 'completed':
      return `completed with ${outcome.metric}`;
    case 'crashed':
      return outcome.signal === null
        ? `crashed with exit status ${outcome.exitCode ?? 'unknown'}`
        : `was ended by signal ${outcome.signal}`;
    case 'diverged':
      return `diverged: its metric is ${outcome.value}`;
    case 'missingMetric':
      return `ended without the metric (it reported ${outcome.reported.join(', ') || 'nothing'})`;
    case 'timedOut':
      return 'reached its deadline before it reported the metric';
    case 'stopped':
      return 'was stopped on request';
  }
}
