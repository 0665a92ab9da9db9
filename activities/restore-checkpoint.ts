import { constants } from 'node:fs';
import { copyFile, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { log } from '@temporalio/activity';
import type { ArtifactFolder } from './adapters/artifact-store.ts';
import { readUntrusted } from './adapters/untrusted-file.ts';
import type { HostDependencies } from './dependencies.ts';
import { attemptFolder, type ExecutionPlace } from './execution-place.ts';
import { parseManifest, type CheckpointManifest } from './publish-checkpoints.ts';
import type { ExecutionRequest } from './run-training.ts';

interface Found {
  folder: string;
  manifest: CheckpointManifest;
  step: number;
}

/**
 * After other hosts were given up: lays the newest of their published checkpoints into the work folder, unless what
 * is there is as new. The harness checks the hash of whatever it loads.
 */
export async function restoreCheckpoint(
  { artifacts }: HostDependencies,
  request: ExecutionRequest,
  place: ExecutionPlace,
): Promise<void> {
  const folder = artifacts.folder(request.experiment.id);
  const { earlierHosts } = request.placement;
  const found = await Promise.all(
    earlierHosts.map((host, index) => publishedBy(folder, attemptFolder(request, index + 1, host))),
  );
  const newest = found.filter((each) => each !== null).toSorted((a, b) => b.step - a.step)[0];
  if (newest === undefined || newest.step <= (await localStep(place))) return;
  await layDown(folder, newest, place);
  log.info('goes on from the checkpoint of another host', { from: newest.folder, step: newest.step });
}

async function publishedBy(artifacts: ArtifactFolder, folder: string): Promise<Found | null> {
  const text = await artifacts.readIfPresent(`${folder}/checkpoints/manifest.json`);
  const manifest = text === null ? null : parseManifest(text);
  const step = newestStep(manifest);
  return manifest === null || step === null ? null : { folder, manifest, step };
}

async function localStep({ work }: ExecutionPlace): Promise<number> {
  const text = (await readUntrusted(join(work, 'checkpoints', 'manifest.json'), 0, 1024 * 1024)).toString();
  return newestStep(parseManifest(text)) ?? -1;
}

function newestStep(manifest: CheckpointManifest | null): number | null {
  const steps = manifest?.checkpoints.map(({ step }) => step) ?? [];
  return steps.length === 0 ? null : Math.max(...steps);
}

/**
 * The manifest last: until then the harness finds no checkpoint. An earlier run of the script may have left links
 * here, so everything is made anew.
 */
async function layDown(artifacts: ArtifactFolder, { folder, manifest }: Found, place: ExecutionPlace): Promise<void> {
  const checkpoints = join(place.work, 'checkpoints');
  await rm(checkpoints, { recursive: true, force: true });
  await mkdir(checkpoints);
  const copy = (from: string, to: string): Promise<void> => copyInto(artifacts.localPath(`${folder}/${from}`), to);
  for (const { file } of manifest.checkpoints) await copy(`checkpoints/${file}`, join(checkpoints, file));
  await copy('metrics.jsonl', place.metrics);
  await copy('checkpoints/manifest.json', join(checkpoints, 'manifest.json'));
}

/** A script may have logged nothing yet, so any file may be absent. */
async function copyInto(source: string, target: string): Promise<void> {
  await rm(target, { recursive: true, force: true });
  try {
    await copyFile(source, target, constants.COPYFILE_EXCL);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
}
