import type { FileHandle } from 'node:fs/promises';
import type { ArtifactReference } from '../../workflows/schema/artifact-reference.ts';

/**
 * Where the files of experiments are kept, outside Temporal's history. Every write is atomic: a reader sees the old
 * content or the new, never a part. All methods throw `ArtifactStore.Unavailable` (retryable) when the storage
 * fails and `ArtifactStore.Refused` (not retryable) for a path that leaves the folder.
 */
export interface ArtifactStore {
  /** The place itself, for people: a folder's path. */
  readonly location: string;
  folder(name: string): ArtifactFolder;
  /** Throws unless something can be written. */
  assertWritable(): Promise<void>;
}

/** One folder of the store; paths are relative to it, with `/`. */
export interface ArtifactFolder {
  readonly location: string;
  write(path: string, content: string): Promise<ArtifactReference>;
  /** Writes only where nothing is; false, and nothing changed, where something is already. */
  create(path: string, content: string): Promise<boolean>;
  /** Copies an open local file of any size, from its beginning; at most `mostBytes` of it, where they are given. */
  publish(path: string, localFile: FileHandle, mostBytes?: number): Promise<ArtifactReference>;
  /** Copies it only if its first bytes, so many, have this hash; false, and nothing changed, where they have not. */
  publishIfIntact(
    path: string,
    localFile: FileHandle,
    content: Pick<ArtifactReference, 'sha256' | 'bytes'>,
  ): Promise<boolean>;
  read(path: string): Promise<string>;
  readIfPresent(path: string): Promise<string | null>;
  /** The names in a folder, files that are being written included; none where there is no such folder. */
  list(path: string): Promise<string[]>;
  /** Removes a file, or a folder with all in it, that may not be there. */
  remove(path: string): Promise<void>;
  /** A local copy's path, for programs that need a file. */
  localPath(path: string): string;
  rename(path: string, newPath: string): Promise<void>;
  /** The same for a file or folder that may not be there, or has been moved already: false then. */
  renameIfPresent(path: string, newPath: string): Promise<boolean>;
  /** Takes a folder away that nothing is in; one that is not empty, or not there, stays as it is. */
  removeEmptyFolder(path: string): Promise<void>;
}
