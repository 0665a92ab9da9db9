import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** Every file below the folder by its path, byte for byte; folders end with a slash. Nothing for an absent folder. */
export async function folderContent(folder: string): Promise<Record<string, string>> {
  const content: Record<string, string> = {};
  for (const entry of await entriesOf(folder)) {
    const file = join(entry.parentPath, entry.name);
    const path = relative(folder, file);
    if (entry.isDirectory()) content[`${path}/`] = '';
    else content[path] = (await readFile(file)).toString('latin1');
  }
  return content;
}

async function entriesOf(folder: string) {
  try {
    return await readdir(folder, { recursive: true, withFileTypes: true });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}
