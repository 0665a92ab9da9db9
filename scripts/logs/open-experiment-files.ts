import { z } from 'zod';
import { localArtifactStore } from '../../activities/adapters/local-artifact-store.ts';
import type { ExperimentFiles } from '../../activities/execution-logs/find-execution-logs.ts';
import { readConfiguration, type Configuration } from '../../workers/configuration.ts';
import { experimentIdOf } from '../../workflows/domain/experiment-id.ts';
import { experimentIdSchema } from '../../workflows/schema/experiment-input.ts';
import { UserError } from '../user-error.ts';

const recordSchema = z.object({
  firstExecutionRunId: z.string().min(1),
  settings: z.object({ seeds: z.number().int() }),
});

export interface OpenedFiles extends ExperimentFiles {
  /** With so many a trial trains its script. */
  seeds: number;
}

/** What this machine can see of an experiment, by its own or its workflow's id. Throws a UserError when there is none. */
export async function openExperimentFiles(given: string): Promise<OpenedFiles> {
  const id = experimentIdOf(given);
  const { artifactRoot, stateFolder } = configuration();
  const folder = experimentIdSchema.safeParse(id).success ? localArtifactStore(artifactRoot).folder(id) : null;
  const text = (await folder?.readIfPresent('experiment.json')) ?? null;
  if (folder === null || text === null) {
    throw new UserError(`There is no experiment ${id} in ${artifactRoot}: LONGRUN_HOME names the folder to look in.`);
  }
  const record = recordSchema.safeParse(parseJson(text));
  if (!record.success) {
    throw new UserError(`${folder.localPath('experiment.json')} is damaged: it names no run or no number of seeds.`);
  }
  const { firstExecutionRunId: runId, settings } = record.data;
  return { experiment: { id, runId }, folder, stateFolder, seeds: settings.seeds };
}

function configuration(): Configuration {
  try {
    return readConfiguration(process.env);
  } catch (error) {
    throw new UserError(error instanceof Error ? error.message : String(error));
  }
}

/** Undefined for what is no JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
