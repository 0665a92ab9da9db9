import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { Budget } from './schema/experiment-input.ts';
import type { Models } from './schema/models.ts';
import type { BudgetExtension, Spending } from './domain/budget.ts';
import type { Guidance, TrialStatus } from './domain/guidance.ts';
import type { JournalEntry } from './domain/journal.ts';
import type { Progress } from './domain/progress.ts';
import type { Plan } from './domain/experiment-state.ts';
import type { DecisionAnswer } from './domain/read-update.ts';
import type { Task } from './schema/task.ts';

/** Signals are typed `unknown`: anybody can send anything, and what is malformed is recorded as refused. */
export const pauseSignal = defineSignal<[unknown?]>('pause');
export const resumeSignal = defineSignal<[unknown?]>('resume');
export const feedbackSignal = defineSignal<[unknown]>('feedback');
export const stopSignal = defineSignal<[unknown?]>('stop');

/** Updates, since whoever sends one needs to know whether it was taken. */
export const changeModelUpdate = defineUpdate<Models, [unknown]>('changeModel');
export const extendBudgetUpdate = defineUpdate<BudgetExtension, [unknown]>('extendBudget');
export const revisePlanUpdate = defineUpdate<PlanChangeTaken, [unknown]>('revisePlan');
export const abandonTrialUpdate = defineUpdate<{ trial: number }, [unknown]>('abandonTrial');
export const decideUpdate = defineUpdate<DecisionAnswer, [unknown]>('decide');

export interface PlanChangeTaken {
  /** The number of the message with its text: `messages/0012.json`. */
  message: number;
  applies: 'before the next trial';
}

/** From the experiment to its running trial, and back. What is sent is checked all the same: anybody can. */
export const guidanceSignal = defineSignal<[Guidance]>('guidance');
export const trialStatusSignal = defineSignal<[TrialStatus]>('trialStatus');

export interface JournalPage {
  total: number;
  from: number;
  entries: JournalEntry[];
}

export interface PlanAnswer {
  plan: Plan;
  path: string;
  tasks: Task[];
}

export interface BudgetAnswer {
  budget: Budget;
  /** The running trial included; `byRole` has the sums per role. */
  spending: Spending;
  /** What is nearly or wholly spent. */
  warnings: string[];
}

export const progressQuery = defineQuery<Progress>('progress');
export const journalQuery = defineQuery<JournalPage, [{ from?: number; limit?: number }?]>('journal');
export const planQuery = defineQuery<PlanAnswer | null>('plan');
export const budgetQuery = defineQuery<BudgetAnswer | null>('budget');

/** What the Web UI and `temporal workflow metadata` show beside each name. */
export const description = {
  pause:
    'Begin nothing new until `resume`. {"when"?: "afterTrials" | "now", "by"?}: `afterTrials` (the default) lets the running trial end; `now` stops its trainings at a checkpoint and frees the GPU',
  resume: 'Go on after `pause`, or try again at once what waits for a person. {"by"?}',
  feedback:
    'Say something to the experiment: word for word in the next prompt, the log and the report. {"text", "by"?, "id"?} or a plain text. What has an id that came before is not taken twice',
  stop: 'End the running trial and finish with a report. {"reason"?, "by"?}',
  changeModel:
    'Choose other models, by role; from the next call on. {"models": {"coder": "provider/model", ...}, "by"?}. Answers with all that were changed',
  extendBudget:
    'Add to the budget, at once. {"trials"?, "hours"?, "gpuHours"?, "tokens"?, "usd"?, "calls"?, "by"?}. Answers with all that was added',
  revisePlan:
    'Give the plan another version before the next trial. {"plan"?: Markdown, "reason"?, "by"?}: without a plan the planner is asked, for that reason',
  abandonTrial:
    'End the running trial at once and begin another one. {"trial": its number, "reason"?, "by"?}. What it has measured is not counted',
  decide: 'Answer the decision that `progress` says is waited for. {"id", "choice", "by"?}',
  guidance: 'From the experiment: messages on disk, models, what may be spent, whether it stands still',
  trialStatus: 'From the running trial: what it is at, what it has spent, and whether it waits for a person',
  progress: 'Stage, what is waited for, best trial, recent trials, spending, models, recent messages',
  journal: 'The finished trials, at most 100 a page. {"from"?, "limit"?}',
  budget: 'The budget with its extensions, what is spent by role, and what is nearly spent',
  plan: 'The version of the plan in force, where it is, and the task list',
};
