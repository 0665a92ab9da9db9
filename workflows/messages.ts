import { defineQuery, defineSignal } from '@temporalio/workflow';
import type { JournalEntry } from './domain/journal.ts';
import type { Progress } from './domain/progress.ts';
import type { Plan } from './domain/experiment-state.ts';
import type { Task } from './schema/task.ts';

/** Signals are typed `unknown`: anybody can send anything, and what is malformed is recorded as refused. */
export const pauseSignal = defineSignal<[unknown?]>('pause');
export const resumeSignal = defineSignal<[unknown?]>('resume');
export const feedbackSignal = defineSignal<[unknown]>('feedback');
export const stopSignal = defineSignal<[unknown?]>('stop');

/** From the experiment to its running trial: so many messages of people are on disk now. */
export const messagesRecordedSignal = defineSignal<[number]>('messagesRecorded');

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

export const progressQuery = defineQuery<Progress>('progress');
export const journalQuery = defineQuery<JournalPage, [{ from?: number; limit?: number }?]>('journal');
export const planQuery = defineQuery<PlanAnswer | null>('plan');

/** What the Web UI and `temporal workflow metadata` show beside each name. */
export const description = {
  pause: 'Begin no new trial until `resume`. {"by"?}',
  resume: 'Go on after `pause`. {"by"?}',
  feedback:
    'Say something to the experiment: word for word in the next prompt and in the report. {"text", "by"?, "id"?} or a plain text',
  stop: 'End the running trial and finish with a report. {"reason"?, "by"?}',
  messagesRecorded: 'From the experiment: the number of messages of people that are on disk',
  progress: 'Stage, best trial, recent trials, spending',
  journal: 'The finished trials, at most 100 a page. {"from"?, "limit"?}',
  plan: 'The version of the plan in force, where it is, and the task list',
};
