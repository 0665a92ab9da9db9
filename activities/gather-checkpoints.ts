import { createHash } from 'node:crypto';
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { log } from '@temporalio/activity';
import type { ArtifactFolder } from './adapters/artifact-store.ts';
import { openUntrusted } from './adapters/untrusted-file.ts';
import type { Checkpoint, CheckpointManifest } from './checkpoint-manifest.ts';

/** What an attempt has published: the folder of the attempt, and the manifest in it. */
export interface PublishedCheckpoints {
  folder: string;
  manifest: CheckpointManifest;
}

/**
 * Copies published checkpoints and metrics into the prepared folder, which is empty, and returns the manifest of what
 * is intact there. A published file may be torn, or taken away meanwhile: it is left out, and the others are kept.
 */
export async function gatherCheckpoints(
  artifacts: ArtifactFolder,
  { folder, manifest }: PublishedCheckpoints,
  prepared: string,
): Promise<CheckpointManifest> {
  const checkpoints = join(prepared, 'checkpoints');
  await mkdir(checkpoints);
  const intact: Checkpoint[] = [];
  for (const checkpoint of withoutDoubles(manifest.checkpoints)) {
    const { file } = checkpoint;
    if (await copyIntact(artifacts.localPath(`${folder}/checkpoints/${file}`), join(checkpoints, file), checkpoint)) {
      intact.push(checkpoint);
    } else {
      log.warn('a published checkpoint is damaged and is left out', { folder, file });
    }
  }
  await copy(artifacts.localPath(`${folder}/metrics.jsonl`), join(prepared, 'metrics.jsonl'));
  const kept = { ...manifest, checkpoints: intact };
  await write(join(checkpoints, 'manifest.json'), [Buffer.from(`${JSON.stringify(kept)}\n`)]);
  return kept;
}

function withoutDoubles(checkpoints: Checkpoint[]): Checkpoint[] {
  return [...new Map(checkpoints.map((checkpoint) => [checkpoint.file, checkpoint])).values()];
}

async function copyIntact(source: string, target: string, { sha256, bytes }: Checkpoint): Promise<boolean> {
  const copied = await copy(source, target, bytes);
  if (copied === sha256) return true;
  await rm(target, { force: true });
  return false;
}

/** Returns the hash of what was copied; null where there is no file, or not one of so many bytes. */
async function copy(source: string, target: string, bytes?: number): Promise<string | null> {
  const from = await openUntrusted(source);
  if (from === null) return null;
  try {
    if (bytes !== undefined && (await from.stat()).size !== bytes) return null;
    return await write(target, from.createReadStream({ start: 0, autoClose: false, highWaterMark: 1024 * 1024 }));
  } finally {
    await from.close();
  }
}

/** Writes a new file to the disk itself and returns its hash. */
async function write(target: string, parts: Iterable<Buffer> | AsyncIterable<Buffer>): Promise<string> {
  const hash = createHash('sha256');
  const to = await open(target, 'wx');
  try {
    for await (const part of parts) {
      hash.update(part);
      await to.writeFile(part);
    }
    await to.sync();
  } finally {
    await to.close();
  }
  return hash.digest('hex');
}
