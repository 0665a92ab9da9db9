import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const guard = fileURLToPath(new URL('end-with-parent.mjs', import.meta.url));

/**
 * Runs a command to its end and collects what it writes (stdout and stderr together). It does not throw: a command that
 * cannot be started is an unsuccessful one whose output says why. The command ends with us, even when we are killed, so
 * that nothing goes on writing into a folder that another set-up is about to build.
 */
export function runCommand(command, args, { cwd, env }) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [guard, command, ...args], { cwd, env, stdio: 'pipe' });
    let output = '';
    const collect = (text) => (output += text);
    child.stdout.setEncoding('utf8').on('data', collect);
    child.stderr.setEncoding('utf8').on('data', collect);
    child.on('error', reject);
    child.on('close', (status) => resolve({ isSuccess: status === 0, output: output.trim() }));
  });
}
