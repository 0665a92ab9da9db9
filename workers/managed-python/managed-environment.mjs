import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { cacheFolder } from './cache-folder.mjs';
import { findPython } from './find-python.mjs';

/** The file of exact versions and hashes that a managed environment is built from. */
export function requirementsFile(rootFolder) {
  return path.join(rootFolder, 'activities', 'python', 'requirements.txt');
}

/**
 * The folder of the managed Python environment, built or not. Its name is a digest of all that decides what is in it:
 * the requirements, the version of Python and the platform, so that a change of any of them leads to a new folder and
 * what runs in the old one is not disturbed. Throws when there is no Python >= 3.10.
 */
export function managedEnvironmentPath(rootFolder, environment, python = findPython(environment)) {
  const digest = createHash('sha256')
    .update(readFileSync(requirementsFile(rootFolder)))
    .update(`python ${python.version} ${process.platform} ${process.arch}`)
    .digest('hex');
  return path.join(cacheFolder(environment), `python-${digest.slice(0, 16)}`);
}

/** The stamp is written last. An environment whose Python was removed from the machine is not complete any more. */
export function isManagedEnvironmentComplete(folder) {
  return existsSync(stampFile(folder)) && existsSync(path.join(folder, 'bin', 'python'));
}

export function stampFile(folder) {
  return path.join(folder, 'complete');
}
