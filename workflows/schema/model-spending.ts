import { z } from 'zod';

/** What language models have used. `cost` is in US dollars and null where nobody knows: unknown is never zero. */
export const modelSpendingSchema = z.object({
  calls: z.number(),
  inputTokens: z.number(),
  outputTokens: z.number(),
  cost: z.number().nullable(),
});

export type ModelSpending = z.infer<typeof modelSpendingSchema>;
