import { log } from '@temporalio/activity';
import type { ArtifactFolder } from './adapters/artifact-store.ts';
import { isAtRest, layDownAtRest } from './adapters/resting-execution.ts';
import { newestStep, parseManifest, readLocalManifest } from './checkpoint-manifest.ts';
import type { HostDependencies } from './dependencies.ts';
import { attemptFolder, type ExecutionPlace } from './execution-place.ts';
import { gatherCheckpoints, type PublishedCheckpoints } from './gather-checkpoints.ts';
import { makeRestorationFolder, removeLeftovers, removeRestorationFolder } from './restoration-folder.ts';
import type { ExecutionRequest } from './execution-request.ts';

/**
 * After other hosts were given up: lays the newest of their published checkpoints into the work folder, unless what
 * is there is as new. Where the execution runs on this host, or has ended here, its work folder is left alone,
 * whatever has arrived of others. The watcher beats meanwhile: a large checkpoint takes longer than a heartbeat may.
 */
export async function restoreCheckpoint(
  dependencies: HostDependencies,
  request: ExecutionRequest,
  place: ExecutionPlace,
): Promise<void> {
  await inTurn(place.work, () => restore(dependencies, request, place));
}

const lastInTurn = new Map<string, Promise<void>>();

/** A watcher that was given up may still be at it: the next one waits, and finds what that one has restored. */
async function inTurn(work: string, act: () => Promise<void>): Promise<void> {
  const before = lastInTurn.get(work) ?? Promise.resolve();
  const own = before.then(act, act);
  lastInTurn.set(work, own);
  try {
    await own;
  } finally {
    if (lastInTurn.get(work) === own) lastInTurn.delete(work);
  }
}

interface Found extends PublishedCheckpoints {
  step: number;
}

async function restore(
  { artifacts, host }: HostDependencies,
  request: ExecutionRequest,
  place: ExecutionPlace,
): Promise<void> {
  const rests = await isAtRest(host.supervisorPython, place.control);
  await removeLeftovers(place.work, { putBack: rests });
  if (!rests) return;
  const folder = artifacts.folder(request.experiment.id);
  const localStep = newestStep(await readLocalManifest(place.work)) ?? -1;
  for (const found of await newerThan(localStep, folder, request)) {
    const prepared = await makeRestorationFolder(place.work, request.placement.number);
    try {
      const step = newestStep(await gatherCheckpoints(folder, found, prepared));
      if (step === null || step <= localStep) continue;
      const { control, work } = place;
      if (!(await layDownAtRest(host.supervisorPython, control, { prepared, work }))) return;
      log.info('goes on from the checkpoint of another host', { from: found.folder, step });
      return;
    } finally {
      await removeRestorationFolder(prepared);
    }
  }
}

/** What the earlier hosts have published of later steps, the newest first. */
async function newerThan(localStep: number, folder: ArtifactFolder, request: ExecutionRequest): Promise<Found[]> {
  const found = await Promise.all(
    request.placement.earlierHosts.map((host, index) => publishedBy(folder, attemptFolder(request, index + 1, host))),
  );
  return found
    .filter((each) => each !== null)
    .filter(({ step }) => step > localStep)
    .toSorted((a, b) => b.step - a.step);
}

async function publishedBy(artifacts: ArtifactFolder, folder: string): Promise<Found | null> {
  const text = await artifacts.readIfPresent(`${folder}/checkpoints/manifest.json`);
  const manifest = text === null ? null : parseManifest(text);
  const step = newestStep(manifest);
  return manifest === null || step === null ? null : { folder, manifest, step };
}
