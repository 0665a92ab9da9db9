import { problemsOf } from '../workflows/schema/problems.ts';
import { scriptReplySchema, type ScriptReply } from '../workflows/schema/script-reply.ts';
import { fencesOf } from './fences.ts';
import { unusable, type Parsed } from './parsed.ts';
import { applyEdits, parseEdits, type ParsedEdits } from './script-edits.ts';

/**
 * A heading, some prose, and one fenced Python block that is the whole script; or, where there is a script to start
 * from, edits of it.
 */
export function parseScript(reply: string, base: string | null): Parsed<ScriptReply> {
  const { lines, fences } = fencesOf(reply);
  const candidates = fences.filter(({ info }) => info === 'python' || info === 'py');
  const edits = parseEdits(lines.join('\n'));
  if (base !== null && (edits.kind === 'malformed' || edits.edits.length > 0)) return parseEdited(lines, base, edits);
  if (candidates.length === 0) return unusable('the reply has no fenced block marked python');
  const fence = candidates.reduce((longest, other) =>
    other.content.length > longest.content.length ? other : longest,
  );
  if (!fence.isClosed) return unusable('the python block is not closed: the reply seems to be cut');
  return scriptReply(lines.slice(0, fence.from), fence.content);
}

function parseEdited(lines: string[], base: string, parsed: ParsedEdits): Parsed<ScriptReply> {
  const edited = parsed.kind === 'malformed' ? parsed : applyEdits(base, parsed.edits);
  if (edited.kind !== 'edited') {
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
