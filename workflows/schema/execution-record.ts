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

/** `exit.json`, written by the supervisor when the execution has ended: the reasons are why it was ended, or that it ended itself. */
export const exitRecordSchema = z.object({
  code: z.number().int().nullable(),
  signal: z.string().nullable(),
  reason: z.enum([
    'exited',
    'signaled',
    'deadline',
    'stopped',
    'unstartable',
    'sandboxFailed',
    'deviceUnusable',
    'memory',
    'workQuota',
    'outputQuota',
    'diskFull',
    'stalled',
    'diverged',
    'unattended',
  ]),
  startedAt: z.number(),
  endedAt: z.number(),
  /** Of all attempts together. */
  seconds: z.number(),
  peakMemoryBytes: z.number().nullable(),
  attempt: z.number().int(),
  /** What it ran in, whatever its host is set to by now. A supervisor from before this record had none. */
  sandbox: z.enum(['bubblewrap', 'off']).default('off'),
  /** The names of the slots that it had: on which GPU it was. */
  slots: z.array(z.string()).default([]),
  /** How much of the output was left out. A supervisor that was started before an update may write none. */
  droppedOutputBytes: z.number().int().default(0),
  message: z.string().optional(),
});

export type ExitRecord = z.infer<typeof exitRecordSchema>;
