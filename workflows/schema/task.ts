import { z } from 'zod';

export const taskStatusSchema = z.enum(['open', 'done', 'dropped']);

/** One thing that the experiment intends to do. Ids are given by Longrun, never by a language model. */
export interface Task {
  id: number;
  title: string;
  status: z.infer<typeof taskStatusSchema>;
}

/** A change of the task list as a language model proposes it: a known id with its new status, or a new task. */
export const taskUpdateSchema = z.union([
  z.object({ id: z.number().int().positive(), status: taskStatusSchema }),
  z.object({ add: z.string().trim().min(1).max(120) }),
]);

export type TaskUpdate = z.infer<typeof taskUpdateSchema>;
