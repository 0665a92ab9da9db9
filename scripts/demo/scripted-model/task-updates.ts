import type { Task, TaskUpdate } from '../../../workflows/schema/task.ts';
import type { Rung } from './ladder.ts';

/** Marks the open task of a rung as done. */
export function doneUpdates(rung: Rung | null, tasks: readonly Task[]): TaskUpdate[] {
  return tasks
    .filter(({ title, status }) => title === rung?.task && status === 'open')
    .map(({ id }) => ({ id, status: 'done' }));
}

/** Adds the tasks of rungs that the list does not have yet. */
export function addedUpdates(rungs: readonly Rung[], tasks: readonly Task[]): TaskUpdate[] {
  return rungs.filter(({ task }) => !tasks.some(({ title }) => title === task)).map(({ task }) => ({ add: task }));
}
