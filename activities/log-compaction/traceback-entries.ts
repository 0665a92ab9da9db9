import type { DigestEntry } from './digest-entry.ts';
import { describePlace } from './line-entries.ts';
import { ownFrame, raisedErrors, type Frame, type RaisedError, type Traceback } from './traceback.ts';
import { cutText, visibleText } from './visible-text.ts';

const mostPrefixes = 8;
const mostTextLines = 60;

/** A kind of error: in short, with the place of each link of its chain, and as Python printed it. */
export function tracebackEntry(traceback: Traceback, newest: boolean): DigestEntry {
  const errors = raisedErrors(traceback.text);
  const place = `${describePlace(traceback)}${describePrefixes(traceback.prefixes)}`;
  const short = errors
    .toReversed()
    .slice(0, 4)
    .map((error, index) => describeError(error, index, 300));
  const long = errors.toReversed().map((error, index) => describeError(error, index, 2_000));
  return {
    section: 'errors',
    kind: 'traceback',
    lines: traceback.lines,
    firstLine: traceback.firstLine,
    weight: newest ? 2 : 1 / Math.log2(traceback.count + 1),
    levels: [
      `${place} ${short.join('\n  ')}`,
      `${place} ${long.join('\n  ')}`,
      `${place} ${long[0] ?? ''}\n  ${fullText(traceback)}`,
    ],
  };
}

function describePrefixes(prefixes: ReadonlySet<string>): string {
  if (prefixes.size === 0) return '';
  const shown = [...prefixes].slice(0, mostPrefixes).map((prefix) => cutText(visibleText(prefix), 60));
  const more = prefixes.size - shown.length;
  return ` on ${prefixes.size} of the log's processes (${shown.join(' ')}${more > 0 ? ` and ${more} more` : ''})`;
}

function describeError({ type, message, frames }: RaisedError, index: number, mostCharacters: number): string {
  const frame = ownFrame(frames);
  const where = frame === null ? '' : `, ${describeFrame(frame)}`;
  const error =
    message === '' ? visibleText(type) : `${visibleText(type)}: ${cutText(visibleText(message), mostCharacters)}`;
  return `${index > 0 ? 'after ' : ''}${error}${where}`;
}

function describeFrame({ file, line, function: name }: Frame): string {
  return `File "${visibleText(file)}", line ${line}${name === '' ? '' : `, in ${visibleText(name)}`}`;
}

/** Its first and last lines, if there are too many of them. */
function fullText({ text, cutBytes }: Traceback): string {
  const lines = text.split('\n').map((line) => cutText(visibleText(line), 1_000));
  const more = lines.length - mostTextLines;
  const receipt = cutBytes > 0 ? [`[+${cutBytes} bytes]`] : [];
  if (more <= 0) return [...lines, ...receipt].join('\n  ');
  const [head, tail] = [lines.slice(0, mostTextLines / 3), lines.slice((-mostTextLines * 2) / 3)];
  return [...head, `[${more} lines of this traceback]`, ...tail, ...receipt].join('\n  ');
}
