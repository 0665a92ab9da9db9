import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A new empty folder for each test, removed after it. Call it inside of `describe`: its hooks are that suite's.
 * `beforeRemoval` ends what still runs in the folder.
 */
export function temporaryFolder(beforeRemoval?: (folder: string) => Promise<void>): () => string {
  let folder: string | null = null;
  beforeEach(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'longrun-test-')));
  });
  afterEach(async () => {
    if (folder === null) return;
    await beforeRemoval?.(folder);
    // What was killed may have left somebody who is still writing.
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    folder = null;
  });
  return () => {
    if (folder === null) throw new Error('The temporary folder exists only while a test runs.');
    return folder;
  };
}
