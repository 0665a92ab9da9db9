import { readdir } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readConfiguration } from '../../workers/configuration.ts';

/** The experiments that have a folder here. None where the configuration or the folder cannot be read. */
export async function experimentIdsHere(environment: NodeJS.ProcessEnv): Promise<string[]> {
  try {
    const { artifactRoot } = readConfiguration(environment);
    const names = await readdir(artifactRoot);
    return names.filter((name) => existsSync(join(artifactRoot, name, 'experiment.json'))).toSorted();
  } catch {
    return []; // In the middle of a command line there is nobody to tell.
  }
}
