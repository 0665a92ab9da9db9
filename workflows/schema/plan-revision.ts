import { z } from 'zod';
import { taskUpdateSchema } from './task.ts';
import { replyMarkdownSchema } from './reply-markdown.ts';

/** The machine-readable end of a revised plan; the text before it is the new PLAN.md. */
export const planRevisionSchema = z.object({
  reason: z.string().trim().min(1).max(400),
  taskUpdates: z.array(taskUpdateSchema).max(12).default([]),
});

export type PlanRevision = z.infer<typeof planRevisionSchema>;

/** As it is asked for: the text first, so that what is concluded follows from what was written. */
export const planRevisionReplySchema = z.object({ markdown: replyMarkdownSchema, ...planRevisionSchema.shape });
