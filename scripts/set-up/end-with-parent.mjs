// node end-with-parent.mjs COMMAND ARGUMENT...   Runs the command with our output and exit status, and kills it as soon as
// our standard input ends: that is a pipe from the process that started us, so it ends however that process ends.
import { spawn } from 'node:child_process';

const [command, ...args] = process.argv.slice(2);
const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });

process.stdin.on('end', () => child.kill('SIGKILL')).resume();
child.on('error', (error) => {
  process.stderr.write(`${command}: ${error.message}\n`);
  process.exit(127);
});
child.on('exit', (status, signal) => {
  if (signal !== null) process.stderr.write(`${command} was ended by ${signal}\n`);
  process.exit(status ?? 1);
});
