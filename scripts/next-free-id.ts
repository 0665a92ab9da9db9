import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** "digits-augmentation-2": the title's words and the first number that no folder has. */
export function nextFreeId(artifactRoot: string, title: string): string {
  const words = title
    .toLowerCase()
    .normalize('NFKD')
    .match(/[a-z0-9]+/g) ?? ['experiment'];
  let slug = '';
  for (const word of words) {
    if (slug.length + word.length > 40) break;
    slug = slug === '' ? word : `${slug}-${word}`;
  }
  for (let number = 1; ; number += 1) {
    const id = `${slug || 'experiment'}-${number}`;
    if (!existsSync(join(artifactRoot, id))) return id;
  }
}
