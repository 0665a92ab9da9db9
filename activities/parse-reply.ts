import MarkdownIt from 'markdown-it';
import { problemsOf } from '../workflows/schema/problems.ts';
import { scriptReplySchema, type ScriptReply } from '../workflows/schema/script-reply.ts';
import { applyEdits, parseEdits, type ScriptEdit } from './script-edits.ts';

export type Parsed<T> = { kind: 'usable'; value: T } | { kind: 'unusable'; problems: string[] };

const markdown = new MarkdownIt();

/**
 * A heading, some prose, and one fenced Python block that is the whole script; or, where there is a script to start
 * from, edits of it.
 */
export function parseScript(reply: string, base: string | null): Parsed<ScriptReply> {
  const { lines, fences } = fencesOf(reply);
  const candidates = fences.filter(({ info }) => info === 'python' || info === 'py');
  const edits = base === null ? [] : parseEdits(lines.join('\n'));
  if (base !== null && edits.length > 0) return parseEdited(lines, base, edits);
  if (candidates.length === 0) return unusable('the reply has no fenced block marked python');
  const fence = candidates.reduce((longest, other) =>
    other.content.length > longest.content.length ? other : longest,
  );
  if (!fence.isClosed) return unusable('the python block is not closed: the reply seems to be cut');
  return scriptReply(lines.slice(0, fence.from), fence.content);
}

function parseEdited(lines: string[], base: string, edits: ScriptEdit[]): Parsed<ScriptReply> {
  const edited = applyEdits(base, edits);
  if (edited.kind === 'inapplicable') {
    return unusable(`${edited.problem}: reply with the whole file in one fenced block marked python`);
  }
  const first = lines.findIndex((line) => /^(?:<{5,9} ?SEARCH|```|~~~)/.test(line));
  return scriptReply(lines.slice(0, Math.max(0, first)), edited.script);
}

function scriptReply(introduction: string[], script: string): Parsed<ScriptReply> {
  const prose = introduction.filter((line) => line.trim() !== '');
  const heading = prose.find((line) => line.startsWith('#')) ?? prose[0] ?? '';
  const intention = prose.filter((line) => line !== heading).join('\n');
  const title = heading.replace(/^#+/, '').trim().slice(0, 120);
  const parsed = scriptReplySchema.safeParse({ title, intention: intention.slice(0, 2_000), script });
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
export function fencesOf(reply: string): { lines: string[]; fences: Fence[] } {
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

const mostProblems = 10;
const problemCharacters = 300;

/** The problems go into history and into the next prompt, so a list of a thousand wrong tasks is cut, and says so. */
export function unusable(...problems: string[]): { kind: 'unusable'; problems: string[] } {
  const shown = problems.slice(0, mostProblems).map((problem) => problem.slice(0, problemCharacters));
  const rest = problems.length - shown.length;
  return { kind: 'unusable', problems: rest > 0 ? [...shown, `and ${rest} more problems`] : shown };
}
