import { join } from 'node:path';
import { z } from 'zod';
import { openUntrusted } from './adapters/untrusted-file.ts';

const checkpointSchema = z.looseObject({
  step: z.number().int(),
  /** The harness names its files so, with the beginning of their hash. */
  file: z.string().regex(/^step-[0-9]{1,20}-[0-9a-f]{1,64}$/),
  sha256: z.string(),
  bytes: z.number(),
});

const manifestSchema = z.looseObject({ checkpoints: z.array(checkpointSchema).max(20) });

export type Checkpoint = z.infer<typeof checkpointSchema>;

/** `checkpoints/manifest.json`, written by the harness, which a script may have changed. */
export type CheckpointManifest = z.infer<typeof manifestSchema>;

const manifestBytes = 1024 * 1024;

/** The manifest in a work folder; null where there is none, or where it is none. Links are not followed. */
export async function readLocalManifest(work: string): Promise<CheckpointManifest | null> {
  const handle = await openUntrusted(join(work, 'checkpoints', 'manifest.json'), work);
  if (handle === null) return null;
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(manifestBytes), 0, manifestBytes, 0);
    return parseManifest(buffer.toString('utf8', 0, bytesRead));
  } finally {
    await handle.close();
  }
}

/** Null for a manifest that is none: the harness says so on its own when it meets it. */
export function parseManifest(text: string): CheckpointManifest | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const parsed = manifestSchema.safeParse(value);
  return parsed.success ? parsed.data : null;
}

/** Null where there is no checkpoint. */
export function newestStep(manifest: CheckpointManifest | null): number | null {
  const steps = manifest?.checkpoints.map(({ step }) => step) ?? [];
  return steps.length === 0 ? null : Math.max(...steps);
}
