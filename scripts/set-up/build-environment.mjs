// The two ways to build a virtual environment from the locked requirements. Both refuse a file whose hash is not in the
// lock, take only wheels (a source distribution would run its code here) and compile to bytecode, because a sandboxed
// training sees the environment read-only and would compile everything again at each start. Both return
// `{ isSuccess, output }`; the folder must not exist before.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { runCommand } from './run-command.mjs';

export function isUvThere(environment) {
  return spawnSync('uv', ['--version'], { env: environment }).status === 0;
}

export async function buildWithUv({ python, folder, requirements, environment }) {
  const env = { ...environment, UV_PYTHON_DOWNLOADS: 'never' };
  const created = await runCommand('uv', ['venv', '--no-project', '--python', python.executable, folder], { env });
  if (!created.isSuccess) return created;
  const flags = ['--require-hashes', '--no-build', '--compile-bytecode'];
  return runCommand('uv', ['pip', 'sync', '--python', interpreter(folder), ...flags, requirements], { env });
}

export async function buildWithPip({ python, folder, requirements, environment }) {
  const env = { ...environment, PIP_USER: '0', PIP_DISABLE_PIP_VERSION_CHECK: '1' };
  const modules = await runCommand(python.executable, ['-I', '-c', 'import venv, ensurepip'], { env });
  if (!modules.isSuccess) return { isSuccess: false, output: missingVenv(python) };
  const created = await runCommand(python.executable, ['-I', '-m', 'venv', folder], { env });
  if (!created.isSuccess) return created;
  const flags = ['--require-hashes', '--no-deps', '--only-binary=:all:', '--no-input', '--quiet'];
  const install = ['-I', '-m', 'pip', 'install', ...flags, '--requirement', requirements];
  return runCommand(interpreter(folder), install, { env });
}

function missingVenv({ version, executable }) {
  return `${executable} cannot make virtual environments: install the package python${version}-venv (Debian, Ubuntu: \`apt install python${version}-venv\`) and run \`node scripts/set-up.mjs\`.`;
}

function interpreter(folder) {
  return path.join(folder, 'bin', 'python');
}
