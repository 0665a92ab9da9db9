import MarkdownIt from 'markdown-it';
import type { z } from 'zod';
import { problemsOf } from '../workflows/schema/problems.ts';
import { scriptReplySchema, type ScriptReply } from '../workflows/schema/script-reply.ts';

export type Parsed<T> = { kind: 'usable'; value: T } | { kind: 'unusable'; problems: string[] };

const markdown = new MarkdownIt();

/** A Markdown text that ends with one fenced JSON block: the text without it, and the block's value. */
export function parseMarkdownWithJson<T>(reply: string, schema: z.ZodType<T>): Parsed<{ markdown: string; json: T }> {
  const { lines, fences } = fencesOf(reply);
  const fence = fences.findLast(({ info }) => info === 'json') ?? wholeReplyAsFence(lines.join('\n'));
  if (fence === undefined) return unusable('the reply has no fenced block marked json');
  const text = lines.slice(0, fence.from).join('\n').trim();
  let value: unknown;
  try {
    value = JSON.parse(fence.content);
  } catch (error) {
    return unusable(`the json block is not valid JSON: ${error instanceof Error ? error.message : 'unknown'}`);
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) return unusable(...problemsOf(parsed.error, 'the json block'));
  return { kind: 'usable', value: { markdown: text, json: parsed.data } };
}

/** A heading, some prose, and one fenced Python block that is the whole script. */
export function parseScript(reply: string): Parsed<ScriptReply> {
  const { lines, fences } = fencesOf(reply);
  const candidates = fences.filter(({ info }) => info === 'python' || info === 'py');
  if (candidates.length === 0) return unusable('the reply has no fenced block marked python');
  const fence = candidates.reduce((longest, other) =>
    other.content.length > longest.content.length ? other : longest,
  );
  if (!fence.isClosed) return unusable('the python block is not closed: the reply seems to be cut');
  const prose = lines.slice(0, fence.from).filter((line) => line.trim() !== '');
  const heading = prose.find((line) => line.startsWith('#')) ?? prose[0] ?? '';
  const intention = prose.filter((line) => line !== heading).join('\n');
  const title = heading.replace(/^#+/, '').trim().slice(0, 120);
  const parsed = scriptReplySchema.safeParse({ title, intention: intention.slice(0, 2_000), script: fence.content });
  return parsed.success ? { kind: 'usable', value: parsed.data } : unusable(...problemsOf(parsed.error, 'the reply'));
}

interface Fence {
  info: string;
  content: string;
  /** The line on which it opens. */
  from: number;
  isClosed: boolean;
}

/** Reasoning models may think aloud first; what they thought is not part of the reply. */
function fencesOf(reply: string): { lines: string[]; fences: Fence[] } {
  const text = reply.replace(/^\s*<think>[\s\S]*?<\/think>/, '').replaceAll('\r\n', '\n');
  const lines = text.split('\n');
  const fences = markdown.parse(text, {}).flatMap((token) => {
    if (token.type !== 'fence' || token.map === null) return [];
    const [from, to] = token.map;
    const lastLine = lines[to - 1]?.trim() ?? '';
    const isClosed =
      to - 1 > from && lastLine.startsWith(token.markup) && lastLine === lastLine.charAt(0).repeat(lastLine.length);
    return [{ info: token.info.trim().toLowerCase(), content: token.content, from, isClosed }];
  });
  return { lines, fences };
}

function wholeReplyAsFence(reply: string): Fence | undefined {
  const content = reply.trim();
  return content.startsWith('{') ? { info: 'json', content, from: 0, isClosed: true } : undefined;
}

const mostProblems = 10;
const problemCharacters = 300;

/** The problems go into history and into the next prompt, so a list of a thousand wrong tasks is cut, and says so. */
function unusable(...problems: string[]): { kind: 'unusable'; problems: string[] } {
  const shown = problems.slice(0, mostProblems).map((problem) => problem.slice(0, problemCharacters));
  const rest = problems.length - shown.length;
  return { kind: 'unusable', problems: rest > 0 ? [...shown, `and ${rest} more problems`] : shown };
}
