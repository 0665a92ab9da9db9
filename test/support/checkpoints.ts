import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArtifactFolder } from '../../activities/adapters/artifact-store.ts';
import { sha256 } from '../../activities/adapters/local-artifact-store.ts';
import type { Checkpoint } from '../../activities/checkpoint-manifest.ts';

/** The entry of a checkpoint with this content, named as the harness names it. */
export function aCheckpoint(step: number, content: string): Checkpoint {
  const hash = sha256(content);
  const file = `step-${String(step).padStart(9, '0')}-${hash.slice(0, 12)}`;
  return { step, file, sha256: hash, bytes: Buffer.byteLength(content), metric: null, isBest: false };
}

export function aManifest(checkpoints: Checkpoint[]): string {
  return `${JSON.stringify({ checkpoints })}\n`;
}

export const contentOfStep = (step: number): string => `weights of step ${step}`;

export const checkpointsOf = (steps: number[]): Checkpoint[] =>
  steps.map((step) => aCheckpoint(step, contentOfStep(step)));

/** What a script has saved: checkpoints of these steps, and metrics that say whose they are. */
export async function saveCheckpoints(work: string, steps: number[], metrics = 'local\n'): Promise<void> {
  await mkdir(join(work, 'checkpoints'), { recursive: true });
  for (const { step, file } of checkpointsOf(steps)) {
    await writeFile(join(work, 'checkpoints', file), contentOfStep(step));
  }
  await writeFile(join(work, 'checkpoints', 'manifest.json'), aManifest(checkpointsOf(steps)));
  await writeFile(join(work, 'metrics.jsonl'), metrics);
}

/** What a host has published of an attempt. */
export async function publishCheckpoints(
  artifacts: ArtifactFolder,
  attempt: string,
  steps: number[],
): Promise<Checkpoint[]> {
  const checkpoints = checkpointsOf(steps);
  for (const { step, file } of checkpoints) {
    await artifacts.write(`${attempt}/checkpoints/${file}`, contentOfStep(step));
  }
  await artifacts.write(`${attempt}/metrics.jsonl`, `${attempt}\n`);
  await artifacts.write(`${attempt}/checkpoints/manifest.json`, aManifest(checkpoints));
  return checkpoints;
}

/** What lies in the folder of checkpoints of these steps. */
export const named = (steps: number[]): string[] => ['manifest.json', ...checkpointsOf(steps).map(({ file }) => file)];
