import { dirname } from 'node:path/posix';
import type { ExperimentDependencies } from './dependencies.ts';
import { attemptFolder, executionFolder, type ExecutionName } from './execution-place.ts';

export interface AcceptExecutionInput extends ExecutionName {
  placement: number;
  host: string;
}

/** The record last: where it lies, everything does. */
const published = ['checkpoints', 'metrics.jsonl', 'log.txt', 'result.json'];

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
  for (const name of published)
    await folder.renameIfPresent(`${from}/${name}`, `${executionFolder(execution)}/${name}`);
  await folder.removeEmptyFolder(from);
  await folder.removeEmptyFolder(dirname(from));
}
