import { z } from 'zod';

/** What the experiment tries to make small or large. Without a target there is no goal to reach, only a best. */
export const metricSchema = z.strictObject({
  name: z
    .string()
    .regex(
      /^[A-Za-z_][A-Za-z0-9_./-]{0,47}$/,
      'must start with a letter and have at most 48 letters, digits or _ . / -',
    ),
  direction: z.enum(['minimize', 'maximize'], 'must be minimize or maximize'),
  target: z.number().optional(),
});

export type Metric = z.infer<typeof metricSchema>;
