import { constants } from 'node:fs';
import { open, readlink, realpath, type FileHandle } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';

const openFlags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * Opens a file that a generated script had in its hands: it may have put a link, a pipe or a device there, or a link
 * in place of a folder. Null unless it is a regular file that lies where its path says. `within` is the deepest folder
 * of the path that the script cannot exchange.
 */
export async function openUntrusted(file: string, within = dirname(file)): Promise<FileHandle | null> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(file, openFlags);
    if ((await handle.stat()).isFile() && (await liesWithin(handle, file, within))) return handle;
  } catch (error) {
    if (!isAbsent(error)) throw error;
  }
  await handle?.close();
  return null;
}

/** Asked of the open file, since the script may exchange a folder for a link between any two looks at the path. */
async function liesWithin(handle: FileHandle, file: string, within: string): Promise<boolean> {
  if (process.platform !== 'linux') return true;
  const [opened, folder] = await Promise.all([readlink(`/proc/self/fd/${handle.fd}`), realpath(within)]);
  return opened === join(folder, relative(within, file));
}

/** The bytes from `position` on, at most `most` of them; empty where there is no such file. */
export async function readUntrusted(file: string, position: number, most: number): Promise<Buffer> {
  const handle = await openUntrusted(file);
  if (handle === null) return Buffer.alloc(0);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(most), 0, most, position);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

export async function sizeOfUntrusted(file: string): Promise<number> {
  return (await statUntrusted(file)).size;
}

/** Which file it is, and how large; nulls and 0 where there is none. */
export async function statUntrusted(file: string): Promise<{ size: number; ino: number | null }> {
  const handle = await openUntrusted(file);
  if (handle === null) return { size: 0, ino: null };
  try {
    const { size, ino } = await handle.stat();
    return { size, ino };
  } finally {
    await handle.close();
  }
}

/** ELOOP is a link, ENXIO a socket or an abandoned pipe; a script may take the rights to its files away as well. */
function isAbsent(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    ['ENOENT', 'ELOOP', 'ENXIO', 'ENOTDIR', 'EACCES', 'EPERM'].includes(String(error.code))
  );
}
