import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** "digits-1-fork-2": the source's id and the first number that no folder has. A fork's own forks are numbered on. */
export function nextForkId(artifactRoot: string, source: string): string {
  const original = source.replace(/-fork-\d+$/, '').slice(0, 85);
  for (let number = 1; ; number += 1) {
    const id = `${original}-fork-${number}`;
    if (!existsSync(join(artifactRoot, id))) return id;
  }
}
