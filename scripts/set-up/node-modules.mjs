import { createHash } from 'node:crypto';
import { mkdirSync, statSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { cacheFolder } from '../../workers/managed-python/cache-folder.mjs';
import { withExclusiveLock } from './exclusive-lock.mjs';
import { reportStep } from './report-step.mjs';
import { runCommand } from './run-command.mjs';

/** Runs `npm ci` when node_modules is missing, unfinished or older than package-lock.json. */
export async function installNodeModules(rootFolder, environment) {
  if (areNodeModulesCurrent(rootFolder)) return;
  const cache = cacheFolder(environment);
  mkdirSync(cache, { recursive: true });
  const rootKey = createHash('sha256').update(rootFolder).digest('hex').slice(0, 16);
  await withExclusiveLock(path.join(cache, `node-modules-${rootKey}.lock`), async () => {
    if (areNodeModulesCurrent(rootFolder)) return;
    await reportStep({ doing: 'Installing the npm packages', done: 'npm packages installed' }, () =>
      runNpm(rootFolder, environment),
    );
  });
}

/** npm writes node_modules/.package-lock.json last, so that an interrupted installation has none. */
function areNodeModulesCurrent(rootFolder) {
  const installed = statSync(installedLockFile(rootFolder), { throwIfNoEntry: false });
  return installed !== undefined && installed.mtimeMs >= statSync(path.join(rootFolder, 'package-lock.json')).mtimeMs;
}

async function runNpm(rootFolder, environment) {
  // Without the flag, NODE_ENV=production would leave out what the tests need.
  const { isSuccess, output } = await runCommand('npm', ['ci', '--include=dev'], { cwd: rootFolder, env: environment });
  if (!isSuccess) throw new Error(`\`npm ci\` failed in ${rootFolder}:\n${output}`);
  const now = new Date();
  utimesSync(installedLockFile(rootFolder), now, now);
}

function installedLockFile(rootFolder) {
  return path.join(rootFolder, 'node_modules', '.package-lock.json');
}
