import { z } from 'zod';
import { taskUpdateSchema } from './task.ts';

/** The machine-readable end of a revised plan; the text before it is the new PLAN.md. */
export const planRevisionSchema = z.object({
  reason: z.string().trim().min(1).max(400),
  taskUpdates: z.array(taskUpdateSchema).max(12).default([]),
});

export type PlanRevision = z.infer<typeof planRevisionSchema>;
