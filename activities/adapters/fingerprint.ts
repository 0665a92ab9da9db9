import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';

export interface Fingerprint {
  sha256: string;
  /** Of every file's content, or where that is too much to read, of names, sizes and times of change. */
  of: 'content' | 'listing';
  files: number;
  bytes: number;
}

const mostReadBytes = 2 ** 30;

/** Tells whether a file or folder is still the one that an experiment was run on. Links are named, not followed. */
export async function fingerprint(path: string): Promise<Fingerprint> {
  const files = await listFiles(path);
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const of = bytes <= mostReadBytes ? 'content' : 'listing';
  const hash = createHash('sha256');
  for (const { name, file, size, changedMilliseconds } of files) {
    hash.update(`${name}\0${size}\0`);
    if (of === 'listing') hash.update(`${changedMilliseconds}\0`);
    else for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  }
  return { sha256: hash.digest('hex'), of, files: files.length, bytes };
}

interface ListedFile {
  name: string;
  file: string;
  size: number;
  changedMilliseconds: number;
}

async function listFiles(path: string): Promise<ListedFile[]> {
  const root = await stat(path);
  if (root.isFile()) return [{ name: '', file: path, size: root.size, changedMilliseconds: root.mtimeMs }];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const regular = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const listed = await Promise.all(
    regular.toSorted().map(async (file) => {
      const { size, mtimeMs } = await lstat(file);
      return { name: relative(path, file), file, size, changedMilliseconds: mtimeMs };
    }),
  );
  return listed;
}
