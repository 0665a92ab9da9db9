import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { DataSource } from '../workflows/domain/placement.ts';
import type { Host } from './adapters/host.ts';
import { controlRoot } from './execution-place.ts';

export type FetchedData = Extract<DataSource, { script: unknown }>;

/** Where a data set lies on this host. What was fetched is named by script and hosts: the same fetch is done once. */
export function dataFolder({ stateFolder }: Host, source: DataSource): string {
  return 'path' in source ? source.path : join(stateFolder, 'data', keyOf(source));
}

export interface FetchPlace {
  control: string;
  /** The script's own folder, which becomes the data set. */
  work: string;
  /** What the script is given and cannot change: its way to the network. */
  given: string;
}

/** The folders of the fetch itself; `+` is in no experiment's id. */
export function fetchPlace(host: Host, source: FetchedData): FetchPlace {
  const key = keyOf(source);
  const control = join(controlRoot(host), '+data', key);
  return { control, work: join(host.stateFolder, 'work', '+data', key), given: join(control, 'given') };
}

function keyOf({ script, hosts }: FetchedData): string {
  return createHash('sha256')
    .update(JSON.stringify([script.sha256, hosts]))
    .digest('hex')
    .slice(0, 24);
}
