import { statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { controlFoldersWith, isAbandoned, type Missing, type SweepOptions } from './abandoned-execution.ts';

/** Long enough to look into what a training has left, short enough for a disk. */
const keptMilliseconds = 7 * 24 * 3600_000;

/**
 * Takes away what executions have left on this host whose workflow has ended: their checkpoints, logs and results are
 * among the artifacts by then. The newest week of it stays for people to look into.
 */
export async function cleanUpExecutions(options: SweepOptions, missing: Missing): Promise<void> {
  const { controlRoot, logger, now } = options;
  for (const control of await controlFoldersWith('exit.json', controlRoot)) {
    try {
      if (now() - statSync(join(control, 'exit.json')).mtimeMs < keptMilliseconds) continue;
      if (!(await isAbandoned(options, control, missing))) continue;
      await rm(workFolder(controlRoot, control), { recursive: true, force: true });
      await rm(control, { recursive: true, force: true });
    } catch (error) {
      logger.warn({ control, error: String(error) }, 'cannot take away what an execution has left');
    }
  }
}

/** `control/…` and `work/…` have the same layout. */
function workFolder(controlRoot: string, control: string): string {
  return join(dirname(controlRoot), 'work', relative(controlRoot, control));
}
