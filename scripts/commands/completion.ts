import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { experimentIdsHere } from '../completion/experiment-ids.ts';
import { shellScript, type Shell } from '../completion/shell-scripts.ts';
import { suggest } from '../completion/suggest.ts';

const longrun = fileURLToPath(new URL('../longrun.mjs', import.meta.url));

/** Prints what a shell has to run once to complete commands, options and experiments. */
export async function completion(shell: Shell): Promise<number> {
  process.stdout.write(shellScript(shell, [process.execPath, longrun]));
  return 0;
}

/** Answers that script: a line for each suggestion, with a tab before what it means. */
export async function complete(program: Command, words: string[]): Promise<number> {
  const suggestions = await suggest(program, words, () => experimentIdsHere(process.env));
  const lines = suggestions.map(({ value, description }) => (description === '' ? value : `${value}\t${description}`));
  process.stdout.write(lines.map((line) => `${line}\n`).join(''));
  return 0;
}
