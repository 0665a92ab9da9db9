import type { ExecutionPlace } from '../execution-place.ts';

/** Where the log of one execution lies, as the files that this machine can see have it. */
export interface ExecutionLog {
  trial: number;
  /** `seed-0`, `rehearsal-2` */
  name: string;
  /** One that was lost runs as well: the next watcher takes it up. */
  state: 'running' | 'ended';
  place: ExecutionPlace;
  /** Null where no part of it can be read here. */
  file: string | null;
  /** The published digest: a path within the experiment's folder. */
  digest: string | null;
  /** The host that it runs on, or has run on, where that is not this machine. */
  otherHost: string | null;
}

/** Nothing of one that waits for a slot. */
export function hasLog({ file, digest, otherHost }: ExecutionLog): boolean {
  return file !== null || digest !== null || otherHost !== null;
}
