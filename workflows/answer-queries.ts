import { setHandler } from '@temporalio/workflow';
import type { Budget } from './schema/experiment-input.ts';
import { budgetWarnings, type Spending } from './domain/budget.ts';
import type { ExperimentState } from './domain/experiment-state.ts';
import { progressOf, type Moment } from './domain/progress.ts';
import { paddedNumber } from './domain/trial.ts';
import {
  budgetQuery,
  description,
  journalQuery,
  planQuery,
  progressQuery,
  type BudgetAnswer,
  type JournalPage,
  type PlanAnswer,
} from './messages.ts';

/** What is asked about, as it is at the moment of asking. */
export interface Subject {
  /** As people have steered it; null before the first plan. */
  state: () => ExperimentState | null;
  moment: () => Moment;
  /** With its extensions, and what is spent of it; the budget is null until the input is checked. */
  budget: () => { budget: Budget | null; spending: Spending };
}

export function answerQueries({ state, moment, budget }: Subject): void {
  setHandler(progressQuery, () => progressOf(state(), moment()), { description: description.progress });
  setHandler(journalQuery, (page) => journalPage(state(), page ?? {}), { description: description.journal });
  setHandler(planQuery, () => planAnswer(state()), { description: description.plan });
  setHandler(budgetQuery, () => budgetAnswer(budget()), { description: description.budget });
}

const largestPage = 100;

function journalPage(state: ExperimentState | null, page: { from?: number; limit?: number }): JournalPage {
  const journal = state?.journal ?? [];
  const from = Math.max(1, wholeOr(page.from, 1));
  const limit = Math.min(largestPage, Math.max(1, wholeOr(page.limit, largestPage)));
  return { total: journal.length, from, entries: journal.slice(from - 1, from - 1 + limit) };
}

/** Anybody can ask, in whatever form. */
function wholeOr(value: unknown, otherwise: number): number {
  return typeof value === 'number' && Number.isFinite(value) ? Math.floor(value) : otherwise;
}

function planAnswer(state: ExperimentState | null): PlanAnswer | null {
  if (state === null) return null;
  return { plan: state.plan, path: `plans/PLAN-${paddedNumber(state.plan.version)}.md`, tasks: state.tasks };
}

function budgetAnswer({ budget, spending }: ReturnType<Subject['budget']>): BudgetAnswer | null {
  return budget === null ? null : { budget, spending, warnings: budgetWarnings({ budget, spending }) };
}
