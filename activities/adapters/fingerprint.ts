import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir, readlink, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';

export interface Fingerprint {
  sha256: string;
  /** Of every file's content, or where that is too much to read, of names, sizes and times of change. */
  of: 'content' | 'listing';
  files: number;
  bytes: number;
}

const mostReadBytes = 2 ** 30;

/** Tells whether a file or folder is still the one that an experiment was run on. A link counts by its name and target, and is not followed. */
export async function fingerprint(path: string): Promise<Fingerprint> {
  const files = await listFiles(path);
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const of = bytes <= mostReadBytes ? 'content' : 'listing';
  const hash = createHash('sha256');
  for (const { name, file, size, changedMilliseconds, target } of files) {
    hash.update(`${name}\0${size}\0`);
    if (target !== null) hash.update(`${target}\0`);
    else if (of === 'listing') hash.update(`${changedMilliseconds}\0`);
    else for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  }
  return { sha256: hash.digest('hex'), of, files: files.length, bytes };
}

interface ListedFile {
  name: string;
  file: string;
  size: number;
  changedMilliseconds: number;
  /** Of a link. */
  target: string | null;
}

async function listFiles(path: string): Promise<ListedFile[]> {
  const root = await stat(path);
  if (root.isFile())
    return [{ name: '', file: path, size: root.size, changedMilliseconds: root.mtimeMs, target: null }];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() || entry.isSymbolicLink());
  const listed = await Promise.all(
    files.map(async (entry) => {
      const file = join(entry.parentPath, entry.name);
      const { size, mtimeMs } = await lstat(file);
      const target = entry.isSymbolicLink() ? await readlink(file) : null;
      return { name: relative(path, file), file, size, changedMilliseconds: mtimeMs, target };
    }),
  );
  return listed.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
