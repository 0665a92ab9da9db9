import { jsonrepair } from 'jsonrepair';
import { z } from 'zod';
import { problemsOf } from '../workflows/schema/problems.ts';
import { fencesOf } from './fences.ts';
import { unusable, type Parsed } from './parsed.ts';

/** How a reply gave its JSON: all of it, or a block at the end of Markdown. */
export type ObjectForm = 'json' | 'block';

/**
 * The object in a complete reply, validated, whatever was asked for: a server that accepts a schema may still ignore
 * it. Where the JSON is a block at the end of Markdown, the text before it is the field `markdown`. Small slips of
 * syntax are mended; a null stands for a field that is left out, since strict schemas know no optional fields.
 * `form` is null where no object was found at all.
 */
export function parseObject<T>(reply: string, schema: z.ZodType<T>): Parsed<T> & { form: ObjectForm | null } {
  const found = findObject(reply);
  if (found === null)
    return { ...unusable('the reply has no JSON object, nor a fenced block marked json'), form: null };
  const { form, text, markdown } = found;
  const value = parseJson(text);
  if (value === undefined) return { ...unusable('the JSON of the reply is not valid JSON'), form };
  const whole = markdown === '' || hasMarkdown(value) ? value : { ...value, markdown };
  const parsed = schema.safeParse(withoutNulls(whole));
  if (parsed.success) return { kind: 'usable', value: parsed.data, form };
  return { ...unusable(...problemsOf(parsed.error, 'the JSON object')), form };
}

interface FoundObject {
  form: ObjectForm;
  text: string;
  /** Before it. */
  markdown: string;
}

/** A fence inside a string of the object is no block, so an object that is the whole reply is looked for first. */
function findObject(reply: string): FoundObject | null {
  const { lines, fences } = fencesOf(reply);
  const text = lines.join('\n').trim();
  if (text.startsWith('{')) return { form: 'json', text, markdown: '' };
  const fence = fences.findLast(({ info }) => info === 'json') ?? fences.findLast(({ content }) => isObject(content));
  if (fence !== undefined) {
    const markdown = lines.slice(0, fence.from).join('\n').trim();
    return { form: 'block', text: fence.content.trim(), markdown };
  }
  const start = text.indexOf('\n{');
  const end = text.lastIndexOf('}');
  if (start === -1 || end < start) return null;
  return { form: 'block', text: text.slice(start + 1, end + 1), markdown: text.slice(0, start).trim() };
}

function isObject(content: string): boolean {
  return content.trim().startsWith('{');
}

const objectSchema = z.record(z.string(), z.unknown());

function parseJson(text: string): Record<string, unknown> | undefined {
  for (const read of [JSON.parse, withoutSlips]) {
    try {
      const parsed = objectSchema.safeParse(read(text));
      if (parsed.success) return parsed.data;
    } catch {
      // Not JSON; with the slips mended it may be.
    }
  }
  return undefined;
}

function withoutSlips(text: string): unknown {
  return isWhole(text) ? JSON.parse(jsonrepair(text)) : undefined;
}

/** What was cut is never mended: the mender would invent its end. */
function isWhole(text: string): boolean {
  const outsideStrings = text.replaceAll(/"(?:[^"\\]|\\.)*"/g, '');
  const count = (bracket: string): number => outsideStrings.split(bracket).length;
  return count('{') === count('}') && count('[') === count(']');
}

function hasMarkdown(value: Record<string, unknown>): boolean {
  return typeof value['markdown'] === 'string' && value['markdown'].trim() !== '';
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) => (inner === null ? [] : [[name, withoutNulls(inner)]])),
  );
}
