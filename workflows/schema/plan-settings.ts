import { z } from 'zod';
import { metricSchema } from './metric.ts';
import { replyMarkdownSchema } from './reply-markdown.ts';

/** The machine-readable end of a drafted plan; the text before it is PLAN.md. */
export const planSettingsSchema = z.object({
  title: z.string().trim().min(1).max(120),
  metric: metricSchema,
  tasks: z.array(z.string().trim().min(1).max(120)).min(1).max(12),
});

export type PlanSettings = z.infer<typeof planSettingsSchema>;

/** As it is asked for: the text first, so that what is concluded follows from what was written. */
export const planReplySchema = z.object({ markdown: replyMarkdownSchema, ...planSettingsSchema.shape });
