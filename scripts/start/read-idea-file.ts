import { readFile } from 'node:fs/promises';
import { decodeText, errorCode } from '../text-input.ts';
import { UserError } from '../user-error.ts';
import { splitFrontMatter } from './front-matter.ts';
import { readSettings, type ReadSettings } from './read-settings.ts';

export interface IdeaFile extends ReadSettings {
  /** Without its front matter. */
  idea: string;
}

/** An idea with the settings at its head. Throws a UserError for a file that is none. */
export async function readIdeaFile(file: string): Promise<IdeaFile> {
  const split = splitFrontMatter(await readText(file, 'The idea', 'give the path of a Markdown file'));
  if (split === null) {
    throw new UserError(`${file} begins with --- and has no second such line: where do its settings end?`, 2);
  }
  const { frontMatter, idea } = split;
  if (idea.trim() === '') throw new UserError(`${file} is empty: write in a sentence or more what should be tried.`, 2);
  // The line of --- before it, so that a problem names the line in the file.
  const read = readSettings(file, `\n${frontMatter ?? ''}`, 'yaml');
  return { ...read, idea };
}

/** The file of `--config`. */
export async function readConfigFile(file: string): Promise<ReadSettings> {
  const text = await readText(file, 'The settings', 'give the path of a YAML or JSON file');
  return readSettings(file, text, file.endsWith('.json') ? 'json' : 'yaml');
}

async function readText(file: string, what: string, mend: string): Promise<string> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    throw new UserError(`${what} cannot be read from ${file} (${errorCode(error)}): ${mend}.`, 2);
  }
  return decodeText(bytes, { name: file, consequence: 'nothing was started' });
}
