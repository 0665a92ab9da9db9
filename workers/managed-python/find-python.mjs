import { spawnSync } from 'node:child_process';

const candidates = ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python'];
const question = 'import sys; print("%d.%d" % sys.version_info[:2]); print(sys.executable)';

/**
 * The first Python >= 3.10 on the PATH that really runs (a version manager's shim may exist and not run), as its version
 * ("3.12") and the absolute path of its executable. Throws when there is none.
 */
export function findPython(environment) {
  for (const command of candidates) {
    const python = askPython(command, environment);
    if (python !== undefined && isNewEnough(python.version)) return python;
  }
  throw new Error(
    'No Python 3.10 or newer was found on the PATH: install one (Debian, Ubuntu: `apt install python3 python3-venv`) and run `node scripts/set-up.mjs`.',
  );
}

function askPython(command, environment) {
  const answer = spawnSync(command, ['-I', '-S', '-c', question], { env: environment, encoding: 'utf8' });
  if (answer.status !== 0) return undefined;
  const [version, executable] = answer.stdout.split('\n');
  return { version, executable };
}

function isNewEnough(version) {
  const [major, minor] = version.split('.').map(Number);
  return major === 3 && minor >= 10;
}
