import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { managedPython } from '../../workers/managed-python/managed-python.ts';

const oldestVersion = [1, 5, 1] as const;

/**
 * The Temporal CLI to use, as a path: `TEMPORAL_CLI_PATH`, else a `temporal` on the PATH that says it is at least 1.5.1
 * (a development build, 0.0.0-DEV, does not), else the managed one. Throws when the configured one does not exist, or
 * when the managed one is needed and set-up has not finished.
 */
export function findTemporalCli(environment: NodeJS.ProcessEnv): string {
  const configured = environment['TEMPORAL_CLI_PATH'];
  if (configured) {
    if (!existsSync(configured)) {
      throw new Error(`TEMPORAL_CLI_PATH names ${configured}, which does not exist: correct it or unset it.`);
    }
    return path.resolve(configured);
  }
  return pathCandidates(environment).find(isNewEnough) ?? managedPython().temporal;
}

function pathCandidates(environment: NodeJS.ProcessEnv): string[] {
  return (environment['PATH'] ?? '')
    .split(path.delimiter)
    .filter((folder) => path.isAbsolute(folder))
    .map((folder) => path.join(folder, 'temporal'))
    .filter((file) => existsSync(file));
}

function isNewEnough(cli: string): boolean {
  const { stdout } = spawnSync(cli, ['--version'], { encoding: 'utf8' });
  const [, ...digits] = /^temporal version (\d+)\.(\d+)\.(\d+)/.exec(stdout ?? '') ?? [];
  const version = digits.map(Number);
  const difference = oldestVersion.map((part, index) => (version[index] ?? -1) - part).find((part) => part !== 0) ?? 0;
  return difference >= 0;
}
