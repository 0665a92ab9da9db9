import type { Analysis } from '../schema/analysis.ts';
import type { ExperimentSettings } from '../schema/experiment-input.ts';
import type { Metric } from '../schema/metric.ts';
import type { Task } from '../schema/task.ts';
import { addSpending, nothingSpent, type BudgetUse, type Spending } from './budget.ts';
import { journalEntry, type JournalEntry } from './journal.ts';
import type { Past } from './past.ts';
import type { Resources } from './placement.ts';
import type { Conclusion } from './stop-condition.ts';
import { applyTaskUpdates, newTasks } from './task-list.ts';
import type { TrialResult } from './trial.ts';

/** What the experiment is doing now. */
export type Stage =
  | { kind: 'opening' }
  | { kind: 'planning' }
  | { kind: 'trial'; number: number; step: string }
  | { kind: 'recording'; number: number }
  | { kind: 'betweenTrials' }
  | { kind: 'revisingPlan' }
  | { kind: 'deciding' }
  | { kind: 'paused' }
  | { kind: 'reporting' }
  | { kind: 'finished'; conclusion: Conclusion }
  | { kind: 'cancelled' }
  | { kind: 'failed'; reason: string };

/** Nothing comes after it. */
export function isEnd({ kind }: Stage): boolean {
  return kind === 'finished' || kind === 'cancelled' || kind === 'failed';
}

export interface Plan {
  version: number;
  /** Why this version replaced the one before; null for the first. */
  reason: string | null;
}

/**
 * All that an experiment carries from one workflow run to the next. It is a wire format: newer code continues
 * older runs, so a change of its shape is a new `schemaVersion`.
 */
export interface ExperimentState {
  schemaVersion: 1;
  startedAtMilliseconds: number;
  title: string;
  settings: ExperimentSettings;
  resources: Resources;
  metric: Metric;
  plan: Plan;
  tasks: Task[];
  journal: JournalEntry[];
  spending: Spending;
  lastAnalysis: Pick<Analysis, 'verdict' | 'reason'> | null;
  /** Null while the budget allows calls of language models. */
  shortage: Shortage | null;
  /** Why the planner has to be asked for another version; null or absent while the plan stands. */
  revisionReason?: string | null;
  /** The newest version of the plan that needs nobody's approval any more. */
  approvedPlan?: number;
  /** How often a person has refused the version of the plan in force. */
  planRefusals?: number;
  /** After so many trials a person said to go on: what blocked the experiment before does not block it again. */
  unblockedAfter?: number;
  /** What the installation has beside the workflows; absent: nothing. */
  surroundings?: Surroundings;
}

/** Whether a person wants to be asked. What older code left behind knows no such wishes. */
export function isToApprove({ settings }: ExperimentState, what: 'plan' | 'blocked'): boolean {
  const approvals: readonly string[] | undefined = settings.approvals;
  return (approvals ?? []).includes(what);
}

export interface Surroundings {
  hasSearchAttributes: boolean;
  hasWebhook: boolean;
}

/** Why the budget allowed a call of a language model no more, and how often it had been extended by then. */
export interface Shortage {
  reason: string;
  extensions: number;
}

export interface Planned {
  title: string;
  metric: Metric;
  tasks: string[];
  spending: Spending;
}

type Basis = Pick<ExperimentState, 'startedAtMilliseconds' | 'settings' | 'resources' | 'surroundings'>;

/**
 * The state with which a fork begins. What was spent on its past is not counted again, and what ended the other
 * experiment does not end this one: whoever forks it means to go on.
 */
export function inheritedState(opened: Basis, { isRevisionDue, ...inherited }: Past): ExperimentState {
  const { messages: _messages, planChanges: _changes, recent: _recent, ...past } = inherited;
  const revisionReason = isRevisionDue ? (past.lastAnalysis?.reason ?? null) : null;
  return {
    ...opened,
    ...past,
    schemaVersion: 1,
    spending: nothingSpent,
    shortage: null,
    lastAnalysis: null,
    revisionReason,
    approvedPlan: past.plan.version,
    unblockedAfter: past.journal.length,
  };
}

/** The state as the first plan leaves it. `opened` is what `openExperiment` found in the input. */
export function plannedState(opened: Basis, planned: Planned): ExperimentState {
  return {
    ...opened,
    schemaVersion: 1,
    title: planned.title,
    metric: planned.metric,
    plan: { version: 1, reason: null },
    tasks: newTasks(planned.tasks),
    journal: [],
    spending: addSpending(nothingSpent, planned.spending),
    lastAnalysis: null,
    shortage: null,
  };
}

/** The state after a trial: the journal has grown by one, tasks and spending are up to date. `extensions`: before it. */
export function withTrial(state: ExperimentState, result: TrialResult, extensions: number): ExperimentState {
  return {
    ...state,
    journal: [...state.journal, journalEntry(result)],
    tasks: applyTaskUpdates(state.tasks, result.taskUpdates),
    spending: addSpending(state.spending, result.spending),
    lastAnalysis: { verdict: result.verdict, reason: result.reason },
    revisionReason: result.verdict === 'revisePlan' ? result.reason : null,
    shortage: result.shortage === null ? null : { reason: result.shortage, extensions },
  };
}

export function budgetUse(state: ExperimentState, nowMilliseconds: number): BudgetUse {
  return {
    budget: state.settings.budget,
    spending: state.spending,
    trials: state.journal.length,
    elapsedSeconds: (nowMilliseconds - state.startedAtMilliseconds) / 1000,
  };
}
