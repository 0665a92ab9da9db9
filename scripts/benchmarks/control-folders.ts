import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { endExecution, readExit } from '../../activities/adapters/supervised-process.ts';
import { managedPython } from '../../workers/managed-python/managed-python.ts';

/** The grace and the killing after it. */
const longestMilliseconds = 75_000;

/** Ends whatever runs below this folder of control folders. Call it when no worker is left that could start more. */
export async function endTrainings(controlRoot: string): Promise<void> {
  const controls = foldersWith(controlRoot, 'spec.json').filter((control) => !existsSync(join(control, 'exit.json')));
  const giveUpAt = Date.now() + longestMilliseconds;
  for (const control of controls) {
    await endExecution(managedPython().python, control);
    while ((await readExit(control)) === null && Date.now() < giveUpAt) await delay(100);
  }
}

/** The folders somewhere below `root` that have a file with this name. */
export function foldersWith(root: string, name: string): string[] {
  if (!existsSync(root)) return [];
  const paths = readdirSync(root, { recursive: true, encoding: 'utf8' });
  return paths.filter((path) => path.endsWith(join('/', name))).map((path) => join(root, dirname(path)));
}
