import { createHash, randomUUID } from 'node:crypto';
import { constants, existsSync } from 'node:fs';
import { link, mkdir, open, readdir, readFile, realpath, rename, rm, rmdir, type FileHandle } from 'node:fs/promises';
import { dirname, isAbsolute, join, normalize, relative, resolve, sep } from 'node:path';
import { ApplicationFailure } from '@temporalio/activity';
import type { ArtifactReference } from '../../workflows/schema/artifact-reference.ts';
import { failureType } from '../../workflows/domain/failure-type.ts';
import type { ArtifactFolder, ArtifactStore } from './artifact-store.ts';

/** An empty file can be made on a full disk, so the probe has content. */
const probeBytes = 64 * 1024;

/** Artifacts as plain files below `root`, readable by anybody who opens the folder. */
export function localArtifactStore(root: string): ArtifactStore {
  const location = resolve(root);
  return {
    location,
    folder: (name) => localFolder(inside(location, name)),
    async assertWritable() {
      const probe = join(location, `.probe-${randomUUID()}`);
      await guard(location, async () => {
        await makeFolder(location);
        await writeWhole(probe, ' '.repeat(probeBytes));
        await rm(probe);
      });
    },
  };
}

function localFolder(location: string): ArtifactFolder {
  const at = async <T>(path: string, act: (file: string) => Promise<T>): Promise<T> => {
    const file = inside(location, path);
    return await guard(file, async () => {
      await refuseLinkedParents(location, file);
      return await act(file);
    });
  };
  const intoPlace = async <T>(path: string, act: (file: string) => Promise<T>): Promise<T> =>
    await at(path, async (file) => {
      await makeFolder(dirname(file));
      return await act(file);
    });
  const read = (path: string): Promise<string> =>
    at(path, (file) => readFile(file, { encoding: 'utf8', flag: noFollow }));
  const list = (path: string): Promise<string[]> => at(path, (folder) => listFolder(location, folder));
  const move = (path: string, newPath: string): Promise<void> =>
    at(path, (file) => intoPlace(newPath, (newFile) => rename(file, newFile)));
  return {
    location,
    write: (path, content) => intoPlace(path, (file) => replaceWhole(file, content, path)),
    create: (path, content) => intoPlace(path, (file) => createWhole(file, content)),
    publish: (path, localFile, mostBytes) =>
      intoPlace(path, async (file) => ({ path, ...(await copyWhole(localFile, file, mostBytes)) })),
    publishIfIntact: (path, localFile, content) => intoPlace(path, (file) => copyIfIntact(localFile, file, content)),
    read,
    readIfPresent: (path) => unlessAbsent(read(path), null),
    list: (path) => unlessAbsent(list(path), []),
    remove: (path) => at(path, (file) => rm(file, { recursive: true, force: true })),
    localPath: (path) => inside(location, path),
    rename: move,
    removeEmptyFolder: (path) => at(path, removeEmpty),
    renameIfPresent: (path, newPath) =>
      unlessAbsent(
        move(path, newPath).then(() => true),
        false,
      ),
  };
}

async function removeEmpty(folder: string): Promise<void> {
  try {
    await rmdir(folder);
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes(errorCode(error) ?? '')) throw error;
  }
}

async function listFolder(location: string, folder: string): Promise<string[]> {
  await refuseLinkedParents(location, join(folder, 'name'));
  return await readdir(folder);
}

async function unlessAbsent<T, U>(result: Promise<T>, absent: U): Promise<T | U> {
  try {
    return await result;
  } catch (error) {
    if (error instanceof ApplicationFailure && error.details?.[0] === 'ENOENT') return absent;
    throw error;
  }
}

const noFollow = constants.O_RDONLY | constants.O_NOFOLLOW;

function inside(folder: string, path: string): string {
  const file = join(folder, normalize(path));
  const fromFolder = relative(folder, file);
  if (
    path === '' ||
    path.includes('\0') ||
    isAbsolute(path) ||
    fromFolder === '' ||
    fromFolder.split(sep)[0] === '..'
  ) {
    throw ApplicationFailure.nonRetryable(
      `${JSON.stringify(path)} is not a path inside ${folder}.`,
      failureType.artifactStoreRefused,
    );
  }
  return file;
}

/** A link planted as a folder would lead outside although the path itself looks harmless. */
async function refuseLinkedParents(folder: string, file: string): Promise<void> {
  const parent = deepestExisting(folder, dirname(file));
  if (parent === null) return;
  const [realFolder, realParent] = await Promise.all([realpath(folder), realpath(parent)]);
  if (realParent !== realFolder && !realParent.startsWith(realFolder + sep)) {
    throw ApplicationFailure.nonRetryable(
      `${file} leads outside its folder by a link.`,
      failureType.artifactStoreRefused,
    );
  }
}

/**
 * Makes a folder and its parents. Not by the recursive `mkdir` of Node: where a file system answers ENOENT whatever
 * exists, as /proc does, that one tries for ever.
 */
async function makeFolder(folder: string): Promise<void> {
  if (existsSync(folder)) return;
  if (dirname(folder) !== folder) await makeFolder(dirname(folder));
  try {
    await mkdir(folder);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  }
}

/** What does not exist yet cannot be a link, so the check comes before anything is created. */
function deepestExisting(folder: string, parent: string): string | null {
  if (existsSync(parent)) return parent;
  return parent === folder ? null : deepestExisting(folder, dirname(parent));
}

async function replaceWhole(file: string, content: string, path: string): Promise<ArtifactReference> {
  const temporary = `${file}.${randomUUID()}.tmp`;
  await writeWhole(temporary, content);
  await rename(temporary, file);
  await syncFolder(dirname(file));
  return { path, sha256: sha256(content), bytes: Buffer.byteLength(content) };
}

/** `link` fails where the name is taken, in one step: of two writers exactly one creates the file. */
async function createWhole(file: string, content: string): Promise<boolean> {
  const temporary = `${file}.${randomUUID()}.tmp`;
  await writeWhole(temporary, content);
  try {
    await link(temporary, file);
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
  await syncFolder(dirname(file));
  return true;
}

/** What the content of a file is known by. */
type Content = Pick<ArtifactReference, 'sha256' | 'bytes'>;

async function copyWhole(from: FileHandle, file: string, mostBytes = Infinity): Promise<Content> {
  const temporary = `${file}.${randomUUID()}.tmp`;
  const content = await copyAside(from, temporary, mostBytes);
  await rename(temporary, file);
  await syncFolder(dirname(file));
  return content;
}

async function copyIfIntact(from: FileHandle, file: string, expected: Content): Promise<boolean> {
  const temporary = `${file}.${randomUUID()}.tmp`;
  const { sha256, bytes } = await copyAside(from, temporary, expected.bytes);
  if (sha256 !== expected.sha256 || bytes !== expected.bytes) {
    await rm(temporary);
    return false;
  }
  await rename(temporary, file);
  await syncFolder(dirname(file));
  return true;
}

async function copyAside(from: FileHandle, temporary: string, mostBytes: number): Promise<Content> {
  const hash = createHash('sha256');
  let bytes = 0;
  await withFile(temporary, async (to) => {
    if (mostBytes <= 0) return;
    const range = { start: 0, end: mostBytes - 1 };
    for await (const chunk of from.createReadStream({ ...range, autoClose: false, highWaterMark: 1024 * 1024 })) {
      const part = chunk as Buffer;
      hash.update(part);
      bytes += part.length;
      await to.writeFile(part);
    }
  });
  return { sha256: hash.digest('hex'), bytes };
}

async function writeWhole(file: string, content: string): Promise<void> {
  await withFile(file, (handle) => handle.writeFile(content));
}

/** Writes a new file to the disk itself; a failed write leaves nothing behind. */
async function withFile(file: string, write: (handle: FileHandle) => Promise<void>): Promise<void> {
  const handle = await open(file, 'wx');
  try {
    await write(handle);
    await handle.sync();
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export function sha256(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}

/** The one place where errors of the file system become named failures. */
async function guard<T>(place: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof ApplicationFailure) throw error;
    const code = errorCode(error) ?? 'unknown';
    throw ApplicationFailure.create({
      type: failureType.artifactStoreUnavailable,
      message: `${place}: ${reasonFor(code)}`,
      details: [code],
    });
  }
}

const reasons: Record<string, string> = {
  ENOSPC: 'the disk is full; free some space and it goes on by itself.',
  EDQUOT: 'the disk quota is used up; free some space and it goes on by itself.',
  EROFS: 'the file system is read-only; point LONGRUN_HOME at a folder that can be written.',
  EACCES: 'no permission; point LONGRUN_HOME at a folder that can be written.',
  EPERM: 'no permission; point LONGRUN_HOME at a folder that can be written.',
  ENOENT: 'there is no such file or folder.',
  ENOTDIR: 'a part of this path is a file, not a folder; point LONGRUN_HOME at a folder.',
  ELOOP: 'this is a link, and links are not followed.',
};

function reasonFor(code: string): string {
  return reasons[code] ?? `the file system said ${code}.`;
}

function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
