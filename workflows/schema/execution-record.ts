import { z } from 'zod';

/** NaN and the infinities travel as strings, since JSON has no word for them. */
export const metricValueSchema = z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity'])]);

export type MetricValue = z.infer<typeof metricValueSchema>;

/** One line of `metrics.jsonl`, as the harness writes it. */
export const metricLineSchema = z.object({
  step: z.number(),
  seconds: z.number(),
  metrics: z.record(z.string().max(100), metricValueSchema),
});

export type MetricLine = z.infer<typeof metricLineSchema>;

/** `result.json`, written by `longrun.finish()`: what the script says about itself. */
export const resultFileSchema = z.object({
  metrics: z.record(z.string().max(100), metricValueSchema),
  step: z.number().nullable(),
  seconds: z.number(),
});

/** `exit.json`, written by the supervisor when the execution has ended. */
export const exitRecordSchema = z.object({
  code: z.number().int().nullable(),
  signal: z.string().nullable(),
  reason: z.enum(['exited', 'signaled', 'deadline', 'stopped', 'unstartable']),
  startedAt: z.number(),
  endedAt: z.number(),
  seconds: z.number(),
  peakMemoryBytes: z.number().nullable(),
  attempt: z.number().int(),
  message: z.string().optional(),
});

export type ExitRecord = z.infer<typeof exitRecordSchema>;
