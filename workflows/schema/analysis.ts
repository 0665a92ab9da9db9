import { z } from 'zod';
import { taskUpdateSchema } from './task.ts';
import { replyMarkdownSchema } from './reply-markdown.ts';

/**
 * What one trial means for the experiment. It is the analyst's opinion: whether a target is reached is decided from
 * the measured values, never from this.
 */
export const verdictSchema = z.enum(['goalReached', 'continue', 'revisePlan', 'blocked']);

export const analysisSchema = z.object({
  finding: z.string().trim().min(1).max(600),
  verdict: verdictSchema,
  reason: z.string().trim().min(1).max(400),
  taskUpdates: z.array(taskUpdateSchema).max(12).default([]),
});

export type Verdict = z.infer<typeof verdictSchema>;
export type Analysis = z.infer<typeof analysisSchema>;

/** As it is asked for: the text first, so that what is concluded follows from what was written. */
export const analysisReplySchema = z.object({ markdown: replyMarkdownSchema, ...analysisSchema.shape });
