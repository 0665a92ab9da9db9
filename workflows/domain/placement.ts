import type { ArtifactReference } from '../schema/artifact-reference.ts';

/**
 * Where an execution is tried: the first placement is on whichever host takes it, the next one elsewhere, after that
 * host was given up. Each publishes into a folder of its own.
 */
export interface Placement {
  number: number;
  /** The hosts of the placements before this one, in their order: their checkpoints are what it resumes from. */
  earlierHosts: string[];
}

export const firstPlacement: Placement = { number: 1, earlierHosts: [] };

/** What a training is given on any host. */
export interface Resources {
  /** How many GPUs, where there are any. */
  gpus: number;
  data: PreparedData[];
  /**
   * How long a host may stay silent before its work begins elsewhere; null: it is waited for, since it is the only
   * one. The same limit holds on the host itself, whose training stops before the other one starts.
   */
  hostLossMinutes: number | null;
}

/** A data set that lies on the host, or a person's script that fetches it. */
export type DataSource =
  | { name: string; path: string }
  /** `hosts`: what the script may reach. */
  | { name: string; script: ArtifactReference; hosts: string[] };

/** A data set that is there, and by what it is known again. */
export interface PreparedData {
  source: DataSource;
  /** `of`: of every file's content, or where that is too much to read, of names, sizes and times. */
  fingerprint: { sha256: string; of: 'content' | 'listing'; files: number; bytes: number };
}
