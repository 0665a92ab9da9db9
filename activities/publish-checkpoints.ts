import { join } from 'node:path';
import { log } from '@temporalio/activity';
import { z } from 'zod';
import type { ArtifactFolder } from './adapters/artifact-store.ts';
import { openUntrusted, readUntrusted } from './adapters/untrusted-file.ts';
import type { HostDependencies } from './dependencies.ts';
import { attemptFolder, type ExecutionPlace } from './execution-place.ts';
import type { ExecutionRequest } from './run-training.ts';

const checkpointSchema = z.looseObject({
  step: z.number().int(),
  /** The harness names its files so, with the beginning of their hash: an equal name is equal content. */
  file: z.string().regex(/^step-[0-9]+-[0-9a-f]+$/),
  sha256: z.string(),
  bytes: z.number(),
});

/** `checkpoints/manifest.json`, written by the harness, which a script may have changed. */
export const checkpointManifestSchema = z.looseObject({ checkpoints: z.array(checkpointSchema).max(20) });

export type CheckpointManifest = z.infer<typeof checkpointManifestSchema>;

/** Copies a training's checkpoints to the artifacts while it runs, so that another host can go on from them. */
export interface CheckpointPublisher {
  /** Looks for new checkpoints and begins to copy them unless it is still at it. Never throws, never waits. */
  advance(): void;
  /** Copies what is there now; resolves when it is published. */
  settle(): Promise<void>;
}

export function followCheckpoints(
  { artifacts, host }: HostDependencies,
  request: ExecutionRequest,
  place: ExecutionPlace,
): CheckpointPublisher {
  const folder = artifacts.folder(request.experiment.id);
  const target = attemptFolder(request, request.placement.number, host.name);
  const published = new Set<string>();
  let current: Promise<void> | null = null;
  const publish = () => publishNew({ folder, place, target }, published);
  return {
    advance() {
      current ??= publish()
        .catch((error: unknown) => log.warn('a checkpoint could not be published yet', { error: String(error) }))
        .finally(() => (current = null));
    },
    async settle() {
      await current;
      await publish();
    },
  };
}

interface Publication {
  folder: ArtifactFolder;
  place: ExecutionPlace;
  target: string;
}

const manifestBytes = 1024 * 1024;

/** The files first, then the metrics, then the manifest that names them: a reader finds all of a checkpoint or none. */
async function publishNew({ folder, place, target }: Publication, published: Set<string>): Promise<void> {
  const text = (await readUntrusted(join(place.work, 'checkpoints', 'manifest.json'), 0, manifestBytes)).toString();
  const manifest = parseManifest(text);
  const isNew = manifest?.checkpoints.some(({ file }) => !published.has(file));
  if (manifest === null || isNew !== true) return;
  const intact: CheckpointManifest['checkpoints'] = [];
  for (const checkpoint of manifest.checkpoints) {
    if (published.has(checkpoint.file) || (await publishFile({ folder, place, target }, checkpoint))) {
      published.add(checkpoint.file);
      intact.push(checkpoint);
    }
  }
  await publishMetrics({ folder, place, target });
  await folder.write(
    `${target}/checkpoints/manifest.json`,
    `${JSON.stringify({ ...manifest, checkpoints: intact })}\n`,
  );
}

/** False when the file is not there any more, or is not what the manifest says. */
async function publishFile(
  { folder, place, target }: Publication,
  { file, sha256 }: CheckpointManifest['checkpoints'][number],
): Promise<boolean> {
  const handle = await openUntrusted(join(place.work, 'checkpoints', file), place.work);
  if (handle === null) return false;
  try {
    return (await folder.publish(`${target}/checkpoints/${file}`, handle)).sha256 === sha256;
  } finally {
    await handle.close();
  }
}

/** The step counter of whoever resumes goes on from these. */
export async function publishMetrics({ folder, place, target }: Publication): Promise<void> {
  const handle = await openUntrusted(place.metrics);
  if (handle === null) return;
  try {
    await folder.publish(`${target}/metrics.jsonl`, handle);
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
  const parsed = checkpointManifestSchema.safeParse(value);
  return parsed.success ? parsed.data : null;
}
