import type { ArtifactFolder } from '../adapters/artifact-store.ts';
import { openUntrusted } from '../adapters/untrusted-file.ts';

/** From one experiment's folder to another's. */
export interface Copying {
  from: ArtifactFolder;
  to: ArtifactFolder;
}

/** Checkpoints are large, and only the training that wrote them goes on from them; the rest is no file yet. */
const leftOut = /^checkpoints$|\.[0-9a-f-]{36}\.tmp$/;

/** Copies a folder with all in it but checkpoints. A file that is there already was copied before: it stays. */
export async function copyFolder({ from, to }: Copying, path: string): Promise<void> {
  const present = new Set(await to.list(path));
  for (const name of await from.list(path)) {
    if (leftOut.test(name)) continue;
    const inner = `${path}/${name}`;
    const file = await openUntrusted(from.localPath(inner));
    if (file === null) {
      await copyFolder({ from, to }, inner);
      continue;
    }
    try {
      if (!present.has(name)) await to.publish(inner, file);
    } finally {
      await file.close();
    }
  }
}

/** Copies those texts of a folder whose names have a number up to `last` in them: `PLAN-003.md`, `0012.json`. */
export async function copyNumbered({ from, to }: Copying, path: string, last: number): Promise<void> {
  for (const name of await from.list(path)) {
    const number = Number(/^(?:PLAN-)?(\d+)\.(?:md|json)$/.exec(name)?.[1] ?? Infinity);
    if (number <= last) await to.create(`${path}/${name}`, await from.read(`${path}/${name}`));
  }
}
