import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';

const openFlags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * Opens a file that a generated script had in its hands: it may have put a link, a pipe or a device there. Null
 * unless it is a regular file.
 */
export async function openUntrusted(file: string): Promise<FileHandle | null> {
  let handle: FileHandle;
  try {
    handle = await open(file, openFlags);
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  return null;
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
  const handle = await openUntrusted(file);
  if (handle === null) return 0;
  try {
    return (await handle.stat()).size;
  } finally {
    await handle.close();
  }
}

/** ELOOP is a link, ENXIO a socket or an abandoned pipe. */
function isAbsent(error: unknown): boolean {
  return (
    error instanceof Error && 'code' in error && ['ENOENT', 'ELOOP', 'ENXIO', 'ENOTDIR'].includes(String(error.code))
  );
}
