import { z } from 'zod';
import { metricSchema } from '../../workflows/schema/metric.ts';
import { taskStatusSchema } from '../../workflows/schema/task.ts';
import type { ArtifactFolder } from '../adapters/artifact-store.ts';
import { parseJson } from './experiment-record.ts';
import { trialFolder } from '../experiment-files.ts';

const forkPointSchema = z.object({
  schemaVersion: z.literal(1),
  title: z.string(),
  metric: metricSchema,
  plan: z.object({ version: z.number().int().min(1), reason: z.string().nullable() }),
  tasks: z.array(z.object({ id: z.number().int(), title: z.string(), status: taskStatusSchema })),
  /** So many messages of people were on disk. */
  messages: z.number().int().min(0),
  /** Changes of the plan that people had asked for, and that were still to be made. */
  planChanges: z
    .array(z.object({ message: z.number().int(), hasPlan: z.boolean(), by: z.string(), reason: z.string() }))
    .default([]),
});

/**
 * `trials/<number>/state.json`: what the experiment was after that trial, as far as the other files do not say it. It is
 * there before `entry.md`, by which a trial is known to be recorded.
 */
export type ForkPoint = z.output<typeof forkPointSchema>;

const forkPointPath = (trial: number): string => `${trialFolder(trial)}/state.json`;

export async function writeForkPoint(folder: ArtifactFolder, trial: number, point: ForkPoint): Promise<void> {
  await folder.write(forkPointPath(trial), `${JSON.stringify(point, null, 2)}\n`);
}

/** Null for a trial that is not recorded, was recorded before there were fork points, or whose file is damaged. */
export async function readForkPoint(folder: ArtifactFolder, trial: number): Promise<ForkPoint | null> {
  const parsed = forkPointSchema.safeParse(parseJson(await folder.readIfPresent(forkPointPath(trial))));
  return parsed.success ? parsed.data : null;
}
