import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { log } from '@temporalio/activity';
import type { ArtifactFolder } from './adapters/artifact-store.ts';
import { openUntrusted } from './adapters/untrusted-file.ts';
import { readLocalManifest, type Checkpoint } from './checkpoint-manifest.ts';
import type { HostDependencies } from './dependencies.ts';
import { attemptFolder, type ExecutionPlace } from './execution-place.ts';
import type { ExecutionRequest } from './execution-request.ts';

/**
 * Copies a training's checkpoints to the artifacts while it runs, so that another host can go on from them. What the
 * newest manifest does not name any more is taken away again. Not published are files that are not what the manifest
 * says, and files with holes, which would take more room among the artifacts than they do here; on a file system that
 * compresses, a checkpoint that shrinks by more than a tenth looks as if it had holes.
 */
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
  const known: Known = { isPublished: new Map(), manifest: '' };
  let current: Promise<void> | null = null;
  const publish = () => publishNew({ folder, place, target }, known);
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

/** What this watcher has looked at, so that it reads no file twice. */
interface Known {
  /** By the entries of the last manifest; false for one that is refused. */
  isPublished: Map<string, boolean>;
  /** What was written last. */
  manifest: string;
}

/**
 * The files first, then the metrics, then the manifest that names them: a reader finds all of a checkpoint or none.
 * Where nothing that the manifest names is intact, what was published before stays.
 */
async function publishNew(publication: Publication, known: Known): Promise<void> {
  const { folder, place, target } = publication;
  const manifest = await readLocalManifest(place.work);
  if (manifest === null) return;
  const keys = new Set(manifest.checkpoints.map(keyOf));
  known.isPublished = new Map([...known.isPublished].filter(([key]) => keys.has(key)));
  const intact: Checkpoint[] = [];
  for (const checkpoint of manifest.checkpoints) {
    if (await publishOnce(publication, checkpoint, known)) intact.push(checkpoint);
  }
  const text = `${JSON.stringify({ ...manifest, checkpoints: intact })}\n`;
  if (intact.length === 0 || text === known.manifest) return;
  await publishMetrics(publication);
  await folder.write(`${target}/checkpoints/manifest.json`, text);
  known.manifest = text;
  await removeUnnamed(publication, intact);
}

/** An equal key is an equal content. */
function keyOf({ file, sha256, bytes }: Checkpoint): string {
  return `${file} ${bytes} ${sha256}`;
}

/** False as well when the file is not there any more. */
async function publishOnce({ folder, place, target }: Publication, checkpoint: Checkpoint, known: Known) {
  const seen = known.isPublished.get(keyOf(checkpoint));
  if (seen !== undefined) return seen;
  const { file } = checkpoint;
  const handle = await openUntrusted(join(place.work, 'checkpoints', file), place.work);
  if (handle === null) return false;
  try {
    const problem =
      (await problemOf(handle, checkpoint)) ??
      ((await folder.publishIfIntact(`${target}/checkpoints/${file}`, handle, checkpoint))
        ? null
        : 'its hash is another');
    if (problem !== null) log.warn(`a checkpoint is not published: ${problem}`, { file });
    known.isPublished.set(keyOf(checkpoint), problem === null);
    return problem === null;
  } finally {
    await handle.close();
  }
}

const blockBytes = 512;
/** File systems may keep the content of small files where they count no blocks. */
const mostBytesWithoutBlocks = 1024 * 1024;

/** Null for a file that may be copied: a few real bytes must not become many among the artifacts. */
async function problemOf(handle: FileHandle, { bytes }: Checkpoint): Promise<string | null> {
  const { size, blocks } = await handle.stat();
  if (size !== bytes) return `it has ${size} bytes, and the manifest says ${bytes}`;
  const allocatedBytes = blocks * blockBytes;
  if (bytes <= mostBytesWithoutBlocks || allocatedBytes >= bytes * 0.9) return null;
  return `it is sparse: of ${bytes} bytes ${allocatedBytes} are allocated`;
}

const unfinishedCopy = /\.[0-9a-f-]{36}\.tmp$/;

/**
 * Also what a killed watcher left half copied. What the script's manifest names by now stays: another watcher of the
 * same training may have published it already.
 */
async function removeUnnamed({ folder, place, target }: Publication, published: Checkpoint[]): Promise<void> {
  const latest = await readLocalManifest(place.work);
  const named = new Set([...published, ...(latest?.checkpoints ?? [])].map(({ file }) => file));
  for (const name of await folder.list(`${target}/checkpoints`)) {
    if (name.startsWith('step-') && !named.has(name.replace(unfinishedCopy, ''))) {
      await folder.remove(`${target}/checkpoints/${name}`);
    }
  }
}

const mostMetricsBytes = 256 * 1024 * 1024;

/**
 * The step counter of whoever resumes goes on from these. Publishes the first 256 MiB, and says how much was left out.
 */
export async function publishMetrics({ folder, place, target }: Publication): Promise<{ omittedBytes: number }> {
  const handle = await openUntrusted(place.metrics);
  if (handle === null) return { omittedBytes: 0 };
  try {
    const { size } = await handle.stat();
    const { bytes } = await folder.publish(`${target}/metrics.jsonl`, handle, mostMetricsBytes);
    const omittedBytes = Math.max(0, size - bytes);
    if (omittedBytes > 0) log.warn('metrics.jsonl is published in part', { publishedBytes: bytes, omittedBytes });
    return { omittedBytes };
  } finally {
    await handle.close();
  }
}
