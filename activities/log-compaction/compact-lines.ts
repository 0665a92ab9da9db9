import { stripVTControlCharacters } from 'node:util';

export interface CompactedLines {
  text: string;
  /** Lines that were read. */
  lines: number;
  /** Lines that stand behind a "similar lines" mark. */
  foldedLines: number;
  /** Lines cut out to stay within the budget. */
  omittedLines: number;
}

/** Folds runs of similar lines, then cuts the middle until `mostCharacters` suffice. Every loss is counted. */
export function compactLines(text: string, mostCharacters: number): CompactedLines {
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n').map(visibleText);
  const folded = runsOf(lines).flatMap(renderRun);
  const { kept, omitted } = cutMiddle(folded, mostCharacters);
  const foldedLines = hiddenIn(folded) - hiddenIn(omitted);
  return { text: kept.join('\n'), lines: lines.length, foldedLines, omittedLines: linesBehind(omitted) };
}

const longestLine = 2_000;

/** What a terminal would show: the text after the last carriage return, without control sequences. */
function visibleText(line: string): string {
  const frames = line.replace(/\r+$/, '').split('\r');
  const shown = stripVTControlCharacters(frames.at(-1) ?? '').trimEnd();
  if (shown.length <= longestLine) return shown;
  return `${shown.slice(0, longestLine)} [${shown.length - longestLine} more characters in this line]`;
}

function shapeOf(line: string): string {
  return line.replace(/[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?|\b(nan|inf)\b/gi, '#').replace(/\s+/g, ' ');
}

function runsOf(lines: readonly string[]): string[][] {
  const runs: string[][] = [];
  let shape: string | null = null;
  for (const line of lines) {
    const lineShape = shapeOf(line);
    const run = runs.at(-1);
    if (run !== undefined && lineShape === shape) run.push(line);
    else runs.push([line]);
    shape = lineShape;
  }
  return runs;
}

interface DigestLine {
  text: string;
  /** How many lines of the log this one stands for without showing them. */
  hides: number;
}

/** A long run keeps its ends and three lines between, so that the course of its numbers can be seen. */
function renderRun(run: readonly string[]): DigestLine[] {
  if (run.length <= 6) return run.map((text) => ({ text, hides: 0 }));
  const shown = [0, 1, 2, 3, 4].map((quarter) => Math.round((quarter * (run.length - 1)) / 4));
  return shown.flatMap((index, position) => {
    const line = { text: run[index] ?? '', hides: 0 };
    const between = position === 0 ? 0 : index - (shown[position - 1] ?? 0) - 1;
    return between === 0 ? [line] : [{ text: `[${between} similar lines]`, hides: between }, line];
  });
}

/** A third of the budget for the beginning, the rest for the end, where results and tracebacks are. */
function cutMiddle(lines: readonly DigestLine[], mostCharacters: number): { kept: string[]; omitted: DigestLine[] } {
  const texts = lines.map(({ text }) => text);
  const total = texts.reduce((sum, text) => sum + text.length + 1, 0);
  if (total <= mostCharacters) return { kept: texts, omitted: [] };
  const head = countWithin(texts, mostCharacters / 3);
  const tail = countWithin(texts.toReversed(), (mostCharacters * 2) / 3);
  const omitted = lines.slice(head, lines.length - tail);
  const mark = `[${linesBehind(omitted)} lines left out]`;
  return { kept: [...texts.slice(0, head), mark, ...texts.slice(lines.length - tail)], omitted };
}

/** How many lines of the log these lines stand for: a mark for those that it hides, any other for itself. */
function linesBehind(lines: readonly DigestLine[]): number {
  return lines.reduce((sum, { hides }) => sum + Math.max(1, hides), 0);
}

function hiddenIn(lines: readonly DigestLine[]): number {
  return lines.reduce((sum, { hides }) => sum + hides, 0);
}

function countWithin(texts: readonly string[], mostCharacters: number): number {
  let characters = 0;
  let count = 0;
  for (const text of texts) {
    characters += text.length + 1;
    if (characters > mostCharacters) break;
    count += 1;
  }
  return count;
}
