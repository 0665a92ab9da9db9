import { randomUUID } from 'node:crypto';
import { lstat, open, rename, rm } from 'node:fs/promises';

/**
 * Puts a file that everybody may read into a folder that a script may write to, now or earlier: what the script has put
 * in its place is replaced and never written through. A folder there is only renamed (`<file>.<uuid>`), since to remove
 * it beside a script that exchanges folders for links is to remove what they point to. The folder of `file` itself must
 * not be exchangeable for a link.
 */
export async function putFile(file: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${file}.${randomUUID()}.tmp`;
  try {
    const handle = await open(temporary, 'wx', 0o644);
    try {
      await handle.chmod(0o644);
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (await isFolder(file)) await rename(file, `${file}.${randomUUID()}`);
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** A link to a folder is none. */
async function isFolder(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isDirectory();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}
