import { z } from 'zod';

/** What language models have used. A cost that nobody knows is no zero: such calls are counted beside it. */
export const modelSpendingSchema = z.object({
  calls: z.number(),
  inputTokens: z.number(),
  outputTokens: z.number(),
  /** In US dollars, of the calls whose cost is known. */
  cost: z.number(),
  unpricedCalls: z.number(),
});

export type ModelSpending = z.infer<typeof modelSpendingSchema>;
