import { localArtifactStore, sha256 } from '../../activities/adapters/local-artifact-store.ts';
import { inlineIdeaBytes, longIdeasFolder, type ExperimentInput } from '../../workflows/schema/experiment-input.ts';
import type { CommandContext } from '../command-context.ts';
import { UserError } from '../user-error.ts';

export function isLongIdea(idea: string): boolean {
  return Buffer.byteLength(idea) > inlineIdeaBytes;
}

/** A long idea would fill Temporal's history, so it goes into the artifact folder, by its hash. */
export async function storeLongIdea(
  { configuration }: CommandContext,
  input: ExperimentInput,
): Promise<ExperimentInput> {
  const { idea } = input;
  if (typeof idea !== 'string' || !isLongIdea(idea)) return input;
  const folder = localArtifactStore(configuration.artifactRoot).folder(longIdeasFolder);
  try {
    const reference = await folder.write(`${sha256(idea)}.md`, idea);
    return { ...input, idea: { ...reference, path: `${longIdeasFolder}/${reference.path}` } };
  } catch (error) {
    throw new UserError(`The idea cannot be stored: ${error instanceof Error ? error.message : String(error)}`);
  }
}
