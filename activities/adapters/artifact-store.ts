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
  /** Copies a local file of any size, without following a link at its end. */
  publish(path: string, localFile: string): Promise<ArtifactReference>;
  read(path: string): Promise<string>;
  readIfPresent(path: string): Promise<string | null>;
  /** A local copy's path, for programs that need a file. */
  localPath(path: string): string;
  rename(path: string, newPath: string): Promise<void>;
}
