import { readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { modelRoleSchema } from '../../workflows/schema/models.ts';
import { countTokens } from './count-tokens.ts';
import { fitSections } from './fit-sections.ts';
import type { ChatMessage } from './language-model.ts';

const frontMatterSchema = z.strictObject({
  description: z.string(),
  role: modelRoleSchema,
  /** The sections of the user message and what each may take in tokens, in order: what seldom changes comes first. */
  inputs: z
    .record(z.string(), z.number().int().positive())
    .refine((inputs) => Object.keys(inputs).length > 0, 'must name a section at least'),
});

/** Of every prompt, after its own sections. */
const impliedSections = { 'problems of your last reply': 2_000, 'form of the reply': 4_000 };

/** One file of `prompts/`: its text is the system message, word for word; its inputs become the user message. */
export interface Prompt {
  name: string;
  role: z.infer<typeof modelRoleSchema>;
  inputs: { name: string; mostTokens: number }[];
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
  const { role, inputs } = frontMatterSchema.parse(parse(frontMatter));
  const sections = Object.entries({ ...inputs, ...impliedSections });
  return {
    name: basename(file, '.md'),
    role,
    inputs: sections.map(([name, mostTokens]) => ({ name, mostTokens })),
    system: body.trim(),
  };
}

export interface ComposedPrompt {
  messages: ChatMessage[];
  promptTokens: number;
  /** What did not fit. */
  leftOut: { name: string; tokens: number }[];
}

/** What a section's heading and fences take, and what a message takes around its text. */
const tokensPerSection = 20;
const tokensPerMessage = 8;

/**
 * The messages of one call, within so many tokens; the system message is never cut. Whatever an input says, it stays
 * inside its section of the user message: roles are fixed here, and a fence longer than any in the text closes each
 * section. Throws for an input that the prompt does not declare or that is missing.
 */
export function composeMessages(prompt: Prompt, inputs: PromptInputs, limitTokens: number): ComposedPrompt {
  const unknown = Object.keys(inputs).find((name) => !prompt.inputs.some((input) => input.name === name));
  if (unknown !== undefined) throw new Error(`The prompt ${prompt.name} declares no input "${unknown}".`);
  const given = prompt.inputs.flatMap(({ name, mostTokens }) => {
    const text = name in impliedSections ? (inputs[name] ?? null) : inputs[name];
    if (text === undefined) throw new Error(`The prompt ${prompt.name} lacks its input "${name}".`);
    return text === null ? [] : [{ name, text, mostTokens }];
  });
  const system: ChatMessage = { role: 'system', content: prompt.system };
  const around = countTokens(prompt.system) + 2 * tokensPerMessage;
  for (let room = limitTokens - around - given.length * tokensPerSection; ; room = Math.floor(room / 2)) {
    const { sections, leftOut } = fitSections(given, room);
    const user = sections.map(({ name, text }) => `# ${name}\n\n${fenced(text)}`).join('\n\n');
    const promptTokens = around + countTokens(user);
    // More only where a text has a line of thousands of tildes, and so its fences too.
    if (promptTokens > limitTokens && room > 0) continue;
    return { messages: [system, { role: 'user', content: user }], promptTokens, leftOut };
  }
}

function fenced(text: string): string {
  let length = 3;
  for (const [run] of text.matchAll(/~{3,}/g)) length = Math.max(length, run.length + 1);
  const fence = '~'.repeat(length);
  return `${fence}\n${text.trimEnd()}\n${fence}`;
}
