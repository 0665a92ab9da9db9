import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { buildWithPip, buildWithUv, isUvThere } from './build-environment.mjs';
import { withExclusiveLock } from './exclusive-lock.mjs';
import { findPython } from '../../workers/managed-python/find-python.mjs';
import {
  isManagedEnvironmentComplete,
  managedEnvironmentPath,
  requirementsFile,
  stampFile,
} from '../../workers/managed-python/managed-environment.mjs';
import { reportStep } from './report-step.mjs';
import { runCommand } from './run-command.mjs';

/** Builds the managed Python environment unless a complete one is there. A half-built one is built anew, never used. */
export async function prepareManagedPython(rootFolder, environment) {
  const python = findPython(environment);
  const folder = managedEnvironmentPath(rootFolder, environment, python);
  if (isManagedEnvironmentComplete(folder)) return;
  mkdirSync(path.dirname(folder), { recursive: true });
  await withExclusiveLock(`${folder}.lock`, async () => {
    if (isManagedEnvironmentComplete(folder)) return;
    const build = { python, folder, requirements: requirementsFile(rootFolder), environment };
    await reportStep(
      { doing: `Building the Python ${python.version} environment`, done: 'Python environment ready' },
      async () => {
        await buildEnvironment(build);
        await verifyTemporalRuns(build);
        writeStamp(build);
      },
    );
  });
}

/** uv is quicker, but reads other settings (proxy, certificates, index) than pip, so where it fails pip is asked too. */
async function buildEnvironment(build) {
  const failures = [];
  const builders = isUvThere(build.environment) ? [buildWithUv, buildWithPip] : [buildWithPip];
  for (const builder of builders) {
    rmSync(build.folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    const { isSuccess, output } = await builder(build);
    if (isSuccess) return;
    failures.push(output);
  }
  throw new Error(`The Python environment ${build.folder} could not be built.\n${failures.join('\n')}`);
}

async function verifyTemporalRuns({ folder, environment }) {
  const temporal = path.join(folder, 'bin', 'temporal');
  const { isSuccess, output } = await runCommand(temporal, ['--version'], { env: environment });
  if (!isSuccess) throw new Error(`The Temporal CLI was installed but does not run on this machine: ${output}`);
}

function writeStamp({ folder, python }) {
  const temporary = `${stampFile(folder)}.new`;
  const descriptor = openSync(temporary, 'w');
  writeSync(descriptor, `Python ${python.version}\n`);
  fsyncSync(descriptor);
  closeSync(descriptor);
  renameSync(temporary, stampFile(folder));
}
