import { readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import type { ChatMessage } from './language-model.ts';

const frontMatterSchema = z.strictObject({
  description: z.string(),
  role: z.enum(['planner', 'coder', 'analyst', 'reporter']),
  /** The sections of the user message, by name, in order: what seldom changes comes first, for prompt caches. */
  inputs: z.array(z.string()).min(1),
});

/** One file of `prompts/`: its text is the system message, word for word; its inputs become the user message. */
export interface Prompt extends z.infer<typeof frontMatterSchema> {
  name: string;
  system: string;
}

/** The sections of a user message by name. Null leaves a section out. */
export type PromptInputs = Record<string, string | null>;

export interface PromptLibrary {
  get(name: string): Prompt;
}

/** Reads and checks every prompt at once, so that a broken one stops the worker at its start. */
export function loadPrompts(folder: string): PromptLibrary {
  const files = readdirSync(folder).filter((file) => file.endsWith('.md'));
  const prompts = new Map(files.map((file) => [basename(file, '.md'), readPrompt(join(folder, file))]));
  return {
    get(name) {
      const prompt = prompts.get(name);
      if (prompt === undefined) throw new Error(`There is no prompt ${name} in ${folder}.`);
      return prompt;
    },
  };
}

function readPrompt(file: string): Prompt {
  const match = /^---\n([\s\S]*?)\n---\n([\s\S]+)$/.exec(readFileSync(file, 'utf8'));
  if (match === null) throw new Error(`${file} must begin with front matter between two lines of ---.`);
  const [, frontMatter = '', body = ''] = match;
  return { name: basename(file, '.md'), ...frontMatterSchema.parse(parse(frontMatter)), system: body.trim() };
}

/**
 * The messages of one call. Whatever an input says, it stays inside its section of the user message: roles are fixed
 * here, and a fence longer than any in the text closes each section. Throws for an input that the prompt does not
 * declare or that is missing.
 */
export function composeMessages(prompt: Prompt, inputs: PromptInputs): ChatMessage[] {
  const unknown = Object.keys(inputs).find((name) => !prompt.inputs.includes(name));
  if (unknown !== undefined) throw new Error(`The prompt ${prompt.name} declares no input "${unknown}".`);
  const sections = prompt.inputs.flatMap((name) => {
    const text = inputs[name];
    if (text === undefined) throw new Error(`The prompt ${prompt.name} lacks its input "${name}".`);
    return text === null ? [] : [`# ${name}\n\n${fenced(text)}`];
  });
  return [
    { role: 'system', content: prompt.system },
    { role: 'user', content: sections.join('\n\n') },
  ];
}

function fenced(text: string): string {
  const longest = Math.max(3, ...[...text.matchAll(/~+/g)].map(([run]) => run.length + 1));
  const fence = '~'.repeat(longest);
  return `${fence}\n${text.trimEnd()}\n${fence}`;
}
