import type { ArtifactReference } from '../workflows/schema/artifact-reference.ts';
import { longIdeasFolder } from '../workflows/schema/experiment-input.ts';
import type { ArtifactStore } from './adapters/artifact-store.ts';
import { sha256 } from './adapters/local-artifact-store.ts';
import { invalidInput } from './invalid-input.ts';

/** An idea as it was given: its text, or the file that a long one was stored as. Throws `InvalidInput`. */
export async function readIdea(artifacts: ArtifactStore, given: string | ArtifactReference): Promise<string> {
  if (typeof given === 'string') return given;
  const [folder, file, ...rest] = given.path.split('/');
  if (folder !== longIdeasFolder || file === undefined || rest.length > 0) {
    throw invalidInput([`idea.path: must be ${longIdeasFolder}/<file>, as \`longrun start\` writes it`]);
  }
  const text = await artifacts.folder(longIdeasFolder).readIfPresent(file);
  if (text === null) throw invalidInput([`idea.path: there is no ${given.path} in ${artifacts.location}`]);
  if (sha256(text) !== given.sha256) throw invalidInput(['idea.sha256: the file has other content']);
  if (text.trim() === '') throw invalidInput(['idea: is empty']);
  return text;
}
