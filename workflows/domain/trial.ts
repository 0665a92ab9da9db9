import type { ArtifactReference } from '../schema/artifact-reference.ts';
import type { Metric } from '../schema/metric.ts';
import type { Task, TaskUpdate } from '../schema/task.ts';
import type { Verdict } from '../schema/analysis.ts';
import { describeExecution, type Execution, type ExecutionOutcome } from './execution.ts';
import { mean, significant, standardDeviation } from './statistics.ts';
import type { Spending } from './budget.ts';
import type { Guidance } from './guidance.ts';
import type { MeasuredEntry } from './journal.ts';
import type { Resources } from './placement.ts';

/** What kind of attempt a trial is, chosen by the search policy; `parent` is the trial whose script it starts from. */
export type TrialStep = { kind: 'draft' } | { kind: 'debug' | 'improve'; parent: number };

/** Which experiment something belongs to. The run id keeps an id's second owner away from the first one's leftovers. */
export interface ExperimentIdentity {
  id: string;
  runId: string;
}

/** The input of the workflow `trial`. Everything of size is in the artifact folder and named by number. */
export interface TrialInput {
  experiment: ExperimentIdentity;
  number: number;
  step: TrialStep;
  metric: Metric;
  seeds: number;
  deadlineSeconds: number;
  resources: Resources;
  /** What scripts may have installed, by name. */
  packages: string[];
  planVersion: number;
  tasks: Task[];
  earlierTrials: number[];
  best: MeasuredEntry | null;
  /** As it is at the start; what changes arrives by the signal `guidance`. */
  guidance: Guidance;
  whenSpent: 'finish' | 'wait';
}

/** What the activities of a trial are told of it. */
export type TrialBrief = Omit<TrialInput, 'guidance' | 'whenSpent'>;

type CompletedTrial = { kind: 'completed'; mean: number; standardDeviation: number | null; values: number[] };

/** How a trial ended: measured on every seed, or the first failure that its seeds met. */
export type TrialOutcome =
  | CompletedTrial
  | { kind: 'unwritten'; problem: string }
  | { kind: 'rehearsalFailed'; failure: ScriptFailure }
  | { kind: 'trainingFailed'; seed: number; failure: FailedExecution; completedSeeds: number }
  | { kind: 'stopped' };

export type FailedExecution = Exclude<ExecutionOutcome, { kind: 'completed' | 'stopped' }>;

/** Why a script was not trained: it does not compile, its packages cannot be had, or its rehearsal failed. */
export type ScriptFailure =
  FailedExecution | { kind: 'syntaxError'; excerpt: string } | { kind: 'packagesRefused'; excerpt: string };

/** A script that failed, on its way back to the model that is to mend it. */
export interface ScriptFault {
  script: ArtifactReference;
  failure: ScriptFailure;
}

/** What the workflow `trial` gives back. */
export interface TrialResult {
  number: number;
  step: TrialStep;
  title: string;
  outcome: TrialOutcome;
  finding: string;
  verdict: Verdict;
  reason: string;
  taskUpdates: TaskUpdate[];
  spending: Spending;
  script: ArtifactReference | null;
  /** What its processes ran in; null when none did. */
  sandbox: Execution['sandbox'] | null;
  /** Why the budget allowed a call of a language model no more; null where it allowed every one. */
  shortage: string | null;
}

/** Any stopped seed stops the trial, any failed seed fails it: a mean over the survivors would flatter it. */
export function trialOutcome(executions: readonly Execution[]): TrialOutcome {
  const outcomes = executions.map((execution) => execution.outcome);
  if (outcomes.some((outcome) => outcome.kind === 'stopped')) return { kind: 'stopped' };
  const values = outcomes.flatMap((outcome) => (outcome.kind === 'completed' ? [outcome.metric] : []));
  for (const [seed, outcome] of outcomes.entries()) {
    if (outcome.kind !== 'completed' && outcome.kind !== 'stopped') {
      return { kind: 'trainingFailed', seed, failure: outcome, completedSeeds: values.length };
    }
  }
  const deviation = standardDeviation(values);
  return {
    kind: 'completed',
    mean: significant(mean(values)),
    standardDeviation: deviation === null ? null : significant(deviation),
    values,
  };
}

/** "2.54 ± 0.21 (3 seeds)" or what went wrong, in one line. */
export function describeOutcome(outcome: TrialOutcome): string {
  switch (outcome.kind) {
    case 'completed':
      return describeMeasurement(outcome);
    case 'unwritten':
      return `no usable script: ${outcome.problem}`;
    case 'rehearsalFailed':
      return describeScriptFailure(outcome.failure);
    case 'trainingFailed':
      return `its training with seed ${outcome.seed} ${describeExecution(outcome.failure)}`;
    case 'stopped':
      return 'stopped on request';
  }
}

export function describeScriptFailure(failure: ScriptFailure): string {
  if (failure.kind === 'syntaxError') return 'the script does not compile';
  if (failure.kind === 'packagesRefused') return 'the packages it declares cannot be installed';
  return `its rehearsal ${describeExecution(failure)}`;
}

export function describeMeasurement({ mean, standardDeviation, values }: Omit<CompletedTrial, 'kind'>): string {
  const spread = standardDeviation === null ? '' : ` ± ${standardDeviation.toPrecision(3)}`;
  return `${mean.toPrecision(4)}${spread} (${values.length} ${values.length === 1 ? 'seed' : 'seeds'})`;
}

/** "007": sorts as text in folders and in the Web UI. */
export function paddedNumber(number: number): string {
  return String(number).padStart(3, '0');
}

export function trialWorkflowId(experimentId: string, number: number): string {
  return `${experimentId}-trial-${paddedNumber(number)}`;
}

export function describeStep(step: TrialStep): string {
  return step.kind === 'draft' ? 'draft a first script' : `${step.kind} trial ${step.parent}`;
}
