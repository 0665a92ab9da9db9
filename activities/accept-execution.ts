import { basename, dirname } from 'node:path/posix';
import type { ArtifactFolder } from './adapters/artifact-store.ts';
import type { ExperimentDependencies } from './dependencies.ts';
import { attemptFolder, executionFolder, type ExecutionName } from './execution-place.ts';

export interface AcceptExecutionInput extends ExecutionName {
  placement: number;
  host: string;
}

/** The record last: where it lies, everything does. */
const published = ['checkpoints', 'metrics.jsonl', 'log.txt', 'digest.md', 'result.json'];

/**
 * Moves what the accepted attempt has published to where people and prompts look for it. The workflow calls it for
 * the one result that counts, so whatever another host publishes later stays aside. Doing it again changes nothing.
 */
export async function acceptExecution(
  { artifacts }: ExperimentDependencies,
  { placement, host, ...execution }: AcceptExecutionInput,
): Promise<void> {
  const folder = artifacts.folder(execution.experiment.id);
  const from = attemptFolder(execution, placement, host);
  const to = executionFolder(execution);
  for (const name of published) await replace(folder, `${from}/${name}`, `${to}/${name}`);
  await folder.removeEmptyFolder(from);
  await folder.removeEmptyFolder(dirname(from));
}

/**
 * A workflow that was reset accepts once more what it has accepted before: the newest stays. Of the steps in between
 * each can be done again.
 */
async function replace(folder: ArtifactFolder, path: string, newPath: string): Promise<void> {
  const arriving = `${newPath}.arriving`;
  const hasArrived = await folder.renameIfPresent(path, arriving);
  if (!hasArrived && !(await folder.list(dirname(newPath))).includes(basename(arriving))) return;
  await folder.remove(newPath);
  await folder.rename(arriving, newPath);
}
