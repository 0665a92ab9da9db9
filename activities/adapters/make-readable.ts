import { chmod, lstat, opendir } from 'node:fs/promises';
import { join } from 'node:path';

const folderRights = 0o555;
const fileRights = 0o444;

/**
 * Lets every user read the files below a folder and enter its folders; bits such as set-uid are taken away. Links are
 * not followed, and pipes, sockets and devices stay as they are. Only for a folder that nobody changes meanwhile: a
 * file that is exchanged for a link between two looks at it would be followed.
 */
export async function makeReadable(folder: string): Promise<void> {
  await allow(folder, folderRights);
  for await (const { name } of await opendir(folder)) {
    const path = join(folder, name);
    const status = await lstat(path);
    if (status.isDirectory()) await makeReadable(path);
    else if (status.isFile()) await allow(path, fileRights, status.mode);
  }
}

async function allow(path: string, rights: number, mode?: number): Promise<void> {
  const current = (mode ?? (await lstat(path)).mode) & 0o7777;
  const wanted = (current & 0o777) | rights;
  if (wanted !== current) await chmod(path, wanted);
}
