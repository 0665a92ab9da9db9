import type { Task, TaskUpdate } from '../schema/task.ts';

/** More open tasks than a person reads are a plan that nobody follows; the rest of a proposal is dropped. */
export const mostOpenTasks = 20;

/** Tasks are carried in workflow state and in every prompt: of those that are closed, the newest are kept. */
export const mostTasks = 40;

export function newTasks(titles: readonly string[]): Task[] {
  return titles.map((title, index) => ({ id: index + 1, title, status: 'open' }));
}

/** Updates of unknown ids are ignored; new tasks get the next id, which is never one that was used before. */
export function applyTaskUpdates(tasks: readonly Task[], updates: readonly TaskUpdate[]): Task[] {
  let list = [...tasks];
  for (const update of updates) {
    if ('add' in update) {
      if (list.filter(isOpen).length < mostOpenTasks)
        list = [...list, { id: nextId(list), title: update.add, status: 'open' }];
    } else {
      list = list.map((task) => (task.id === update.id ? { ...task, status: update.status } : task));
    }
  }
  return withoutOldest(list);
}

function isOpen(task: Task): boolean {
  return task.status === 'open';
}

function withoutOldest(tasks: readonly Task[]): Task[] {
  const closed = tasks.filter((task) => !isOpen(task));
  const dropped = new Set(closed.slice(0, Math.max(0, tasks.length - mostTasks)));
  return tasks.filter((task) => !dropped.has(task));
}

function nextId(tasks: readonly Task[]): number {
  return Math.max(0, ...tasks.map((task) => task.id)) + 1;
}

export function renderTasks(tasks: readonly Task[]): string {
  const mark = { open: ' ', done: 'x', dropped: '-' };
  return tasks.map((task) => `- [${mark[task.status]}] ${task.id}. ${task.title}`).join('\n');
}
