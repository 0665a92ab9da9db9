import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const run = promisify(execFile);
const layDownScript = fileURLToPath(new URL('../python/supervisor/lay_down.py', import.meta.url));
const answerSchema = z.boolean();

/** Whether nothing of an execution runs on this host, and it has not ended either. Throws when it cannot be told. */
export async function isAtRest(python: string, control: string): Promise<boolean> {
  return await ask(python, [control]);
}

/**
 * Exchanges the checkpoints and metrics in a work folder for those in the prepared one, under the execution's lock;
 * the old ones are in `old` of the prepared folder then. False, and nothing changed, where it does not rest.
 */
export async function layDownAtRest(
  python: string,
  control: string,
  { prepared, work }: { prepared: string; work: string },
): Promise<boolean> {
  return await ask(python, [control, prepared, work]);
}

async function ask(python: string, folders: string[]): Promise<boolean> {
  const { stdout } = await run(python, ['-I', '-S', layDownScript, ...folders], { timeout: 30_000 });
  return answerSchema.parse(JSON.parse(stdout));
}
