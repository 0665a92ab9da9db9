import { open } from 'node:fs/promises';
import type { ArtifactFolder } from '../../activities/adapters/artifact-store.ts';
import type { ArtifactReference } from '../../workflows/schema/artifact-reference.ts';

/** Publishes the local file with this name. */
export async function published(folder: ArtifactFolder, path: string, localFile: string): Promise<ArtifactReference> {
  const handle = await open(localFile);
  try {
    return await folder.publish(path, handle);
  } finally {
    await handle.close();
  }
}
