// Prepares everything that Longrun needs on this machine and leaves alone what is there already.
// Plain JavaScript without dependencies: it runs before `npm ci`. This file and the one it imports at once must also be
// readable for old versions of Node.js, so that those get a sentence and not a syntax error.
import { findNodeVersionProblem } from './set-up/node-version.mjs';

async function setUp() {
  const problem = findNodeVersionProblem(process.versions.node);
  if (problem !== undefined) throw new Error(problem);

  const { installNodeModules } = await import('./set-up/node-modules.mjs');
  const { prepareManagedPython } = await import('./set-up/prepare-managed-python.mjs');
  const { fileURLToPath } = await import('url');

  const rootFolder = fileURLToPath(new URL('..', import.meta.url));
  await installNodeModules(rootFolder, process.env);
  await prepareManagedPython(rootFolder, process.env);
}

setUp().catch(function (error) {
  process.stderr.write('✗ ' + error.message + '\n');
  process.exitCode = 1;
});
