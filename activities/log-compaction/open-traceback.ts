import type { ScannedLine } from './scan-line.ts';
import { isExceptionLine } from './traceback.ts';

export const tracebackOpening = 'Traceback (most recent call last)';

const longestText = 24_000;
const mostMessageLines = 20;
/** Lines of others that may come between the lines of an error before it counts as broken off. */
const mostForeignLines = 200;
const blankByte = 0x20;
const tab = 0x09;
const chainLine = /^(?:During handling of the above exception|The above exception was the direct cause)/;

/** An error whose lines are being read. */
export interface OpenTraceback {
  /** What stands before each of its lines; may be empty. */
  readonly prefix: string;
  /** Null where there is no prefix. */
  readonly pattern: RegExp | null;
  /** Reading frames; behind the error's own line; behind the sentence that leads to the next link of the chain. */
  state: 'frames' | 'ended' | 'chained';
  /** Of the shapes of its lines and of the lines of code that its frames name. */
  hash: number;
  parts: string[];
  bytes: number;
  cutBytes: number;
  readonly firstLine: number;
  lastLine: number;
  lines: number;
  foreignLines: number;
}

/** A line of the log, and where its text begins behind a prefix. */
interface Place {
  line: ScannedLine;
  bytes: Buffer;
  start: number;
}

/** Begins with the line that announces a traceback; complete at once if it is a whole one in a string of JSON. */
export function openTraceback(line: ScannedLine, bytes: Buffer, lineNumber: number): OpenTraceback {
  const text = bytes.toString('latin1', line.start, line.end);
  const at = text.indexOf(tracebackOpening);
  const isQuoted = text.startsWith('\\n', at + tracebackOpening.length + 1);
  const prefix = isQuoted ? '' : prefixOf(text.slice(0, at));
  const whole = isQuoted ? unquoted(text.slice(at)) : text.slice(at);
  return {
    prefix,
    pattern: prefix === '' ? null : patternOf(prefix),
    state: isQuoted ? 'ended' : 'frames',
    hash: isQuoted ? hashOfText(whole) : line.hash,
    parts: whole.slice(0, longestText).trimEnd().split('\n'),
    bytes: 0,
    cutBytes: Math.max(0, whole.length - longestText),
    firstLine: lineNumber,
    lastLine: lineNumber,
    lines: 1,
    foreignLines: 0,
  };
}

/** Whether the line belongs to it and was added, belongs to somebody else, or shows that it is over. */
export function advanceTraceback(each: OpenTraceback, line: ScannedLine, bytes: Buffer): 'taken' | 'foreign' | 'over' {
  const start = startOfText(each, line, bytes);
  if (start >= 0 && take(each, { line, bytes, start })) {
    each.lines += 1;
    return 'taken';
  }
  each.foreignLines += 1;
  const isOver = start >= 0 && each.state !== 'frames';
  return isOver || each.foreignLines > mostForeignLines ? 'over' : 'foreign';
}

/** Where the line's text begins behind the prefix; -1 if the line has not this prefix. */
function startOfText({ pattern, prefix }: OpenTraceback, line: ScannedLine, bytes: Buffer): number {
  if (pattern === null) return line.start;
  const match = pattern.exec(bytes.toString('latin1', line.start, Math.min(line.end, line.start + prefix.length + 40)));
  return match === null ? -1 : line.start + match[0].length;
}

function take(each: OpenTraceback, at: Place): boolean {
  const { line, bytes, start } = at;
  if (start >= line.end || line.isBlank) return true;
  const isIndented = bytes[start] === blankByte || bytes[start] === tab;
  if (each.state === 'frames' && isIndented) {
    const isFrame = bytes
      .toString('latin1', start, start + 8)
      .trimStart()
      .startsWith('File');
    const lineOfCode = isFrame && line.numberCount > 0 ? line.numbers[line.numberCount - 1]! : 0;
    return append(each, at, Math.imul(line.hash, 31) + lineOfCode);
  }
  const text = bytes.toString('latin1', start, Math.min(line.end, start + 400));
  if (isIndented) return each.state === 'ended' && mayContinue(each, text) && append(each, at, 0);
  if (each.state === 'frames') {
    if (text.startsWith(tracebackOpening)) return true;
    if (!isExceptionLine(text)) return false;
    each.state = 'ended';
    return append(each, at, line.hash);
  }
  if (each.state === 'ended' && chainLine.test(text)) each.state = 'chained';
  else if (each.state === 'chained' && text.startsWith(tracebackOpening)) each.state = 'frames';
  else return false;
  return append(each, at, line.hash);
}

/** A message may have more lines than one. Those that begin with a label belong to somebody else. */
function mayContinue({ parts }: OpenTraceback, text: string): boolean {
  const ending = parts.findLastIndex((part) => !/^\s/.test(part));
  return parts.length - ending <= mostMessageLines && !/^\s*\[?\w*\d\]?: /.test(text);
}

function append(each: OpenTraceback, at: Place, hash: number): true {
  const { line, bytes, start } = at;
  each.hash = (Math.imul(each.hash, 0x01000193) + hash) | 0;
  const room = Math.max(0, longestText - each.bytes);
  const end = Math.min(line.end, start + room);
  if (end > start) each.parts.push(bytes.toString('latin1', start, end));
  each.bytes += end - start;
  each.cutBytes += line.end - Math.max(start, end);
  return true;
}

/** A bar or a word before the traceback is no prefix of its lines: these end with a bracket, a colon, a bar. */
function prefixOf(text: string): string {
  return text.length <= 100 && /[\]:>|)-]\s*$/.test(text) && !/%\|/.test(text) ? text : '';
}

/** The prefix with every time in it free, other numbers as they are: they tell the processes apart. */
function patternOf(prefix: string): RegExp {
  const source = prefix.trimEnd().replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const free = /\d\d:\d\d/.test(prefix)
    ? source.replace(/\d+(?:[-:/,]|\\\.)\d+(?:(?:[-:/,]|\\\.)\d+)*/g, '[\\d:,./-]+')
    : source;
  return new RegExp(`^${free} ?`);
}

/** What a string of JSON says that begins here and ends with a quotation mark. */
function unquoted(text: string): string {
  const quoted = /^((?:[^"\\]|\\.)*)/.exec(text)?.[1] ?? text;
  return quoted.replaceAll('\\n', '\n').replaceAll('\\"', '"').replaceAll('\\\\', '\\');
}

function hashOfText(text: string): number {
  const shape = text.replace(/(line )?\d+/g, (digits, line) => (line === undefined ? '#' : digits));
  let hash = 0;
  for (let index = 0; index < shape.length; index += 1) hash = (Math.imul(hash, 31) + shape.charCodeAt(index)) | 0;
  return hash;
}
