import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const longrun = fileURLToPath(new URL('../../scripts/longrun.mjs', import.meta.url));

export interface Ended {
  status: number | null;
  stdout: string;
  stderr: string;
}

export interface LongrunProcess {
  child: ChildProcessWithoutNullStreams;
  ended: Promise<Ended>;
}

/** Begins the command in a process of its own. */
export function startLongrun(commandLine: string[], env: NodeJS.ProcessEnv): LongrunProcess {
  const child = spawn(process.execPath, [longrun, ...commandLine], { env });
  const status = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const ended = Promise.all([status, text(child.stdout), text(child.stderr)]);
  return { child, ended: ended.then(([status, stdout, stderr]) => ({ status, stdout, stderr })) };
}

/** Runs the command to its end; `input` is what it reads. */
export async function runLongrun(commandLine: string[], env: NodeJS.ProcessEnv, input = ''): Promise<Ended> {
  const { child, ended } = startLongrun(commandLine, env);
  child.stdin.on('error', () => undefined); // It may end before it has read all.
  child.stdin.end(input);
  return await ended;
}
