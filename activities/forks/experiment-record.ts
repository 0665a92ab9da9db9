import { z } from 'zod';
import { artifactReferenceSchema } from '../../workflows/schema/artifact-reference.ts';
import type { ExperimentSettings } from '../../workflows/schema/experiment-input.ts';
import type { ArtifactFolder } from '../adapters/artifact-store.ts';

const dataSourceSchema = z.union([
  z.object({ name: z.string(), path: z.string() }),
  z.object({ name: z.string(), script: artifactReferenceSchema, hosts: z.array(z.string()) }),
]);

const originSchema = z.object({
  experiment: z.string(),
  /** The last trial that is inherited. */
  trial: z.number().int(),
  /** So many messages are inherited. */
  messages: z.number().int(),
});

export type ForkOrigin = z.output<typeof originSchema>;

/** As Longrun wrote them; older versions had no approvals. */
const settingsSchema = z
  .custom<ExperimentSettings>((value) => typeof value === 'object' && value !== null && 'budget' in value)
  .transform((settings): ExperimentSettings => ({ ...settings, approvals: settings.approvals ?? [] }));

const experimentRecordSchema = z.object({
  schemaVersion: z.literal(1),
  id: z.string(),
  firstExecutionRunId: z.string(),
  openedAt: z.string(),
  title: z.string(),
  /** As the experiment was begun with them; what people changed on the way is in their messages. */
  settings: settingsSchema,
  /** Absent in a record from before it was kept. */
  data: z.array(dataSourceSchema).optional(),
  forkedFrom: originSchema.optional(),
});

/** `experiment.json`: whose folder it is, and what it was begun with. */
export type ExperimentRecord = z.output<typeof experimentRecordSchema>;

export const recordPath = 'experiment.json';

/** Null where there is none, or one that cannot be read. */
export async function readRecord(folder: ArtifactFolder): Promise<ExperimentRecord | null> {
  const parsed = experimentRecordSchema.safeParse(parseJson(await folder.readIfPresent(recordPath)));
  return parsed.success ? parsed.data : null;
}

/** Null for an experiment that began with an idea of its own. */
export async function readOrigin(folder: ArtifactFolder): Promise<ForkOrigin | null> {
  return (await readRecord(folder))?.forkedFrom ?? null;
}

/** Null for what is no JSON. */
export function parseJson(text: string | null): unknown {
  try {
    return text === null ? null : JSON.parse(text);
  } catch {
    return null;
  }
}
