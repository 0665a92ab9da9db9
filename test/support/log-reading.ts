import { createLogCompactor } from '../../activities/log-compaction/log-compactor.ts';
import type { LogCensus } from '../../activities/log-compaction/log-census.ts';
import { createLineReader, type ReadCounts } from '../../activities/log-compaction/line-reader.ts';
import { renderDigest } from '../../activities/log-compaction/render-digest.ts';
import { createScannedLine, scanLine, type ScannedLine } from '../../activities/log-compaction/scan-line.ts';
import type { SeededRandom } from './seeded-random.ts';

const margin = 16;
const newLine = 0x0a;

export interface ScannedText extends ScannedLine {
  /** As the handler of a reader would see it, Latin 1. */
  text: string;
  values: number[];
  /** What stands where each number was found. */
  spans: string[];
}

/** One line, with as many bytes around it as the scanner may look at. */
export function scanned(text: string): ScannedText {
  const bytes = framed(Buffer.from(text));
  const line = createScannedLine();
  scanLine(bytes, margin, line);
  return {
    ...line,
    start: line.start - margin,
    end: line.end - margin,
    text: bytes.toString('latin1', line.start, line.end),
    values: [...line.numbers.subarray(0, line.numberCount)],
    spans: Array.from({ length: line.numberCount }, (_, index) =>
      bytes.toString('latin1', line.starts[index], line.ends[index]),
    ),
  };
}

/** The bytes, with line feeds around them. */
export function framed(text: Buffer): Buffer {
  const around = Buffer.alloc(margin, newLine);
  return Buffer.concat([around, text, around]);
}

export interface ReadLines {
  /** Latin 1, at most 80 characters of each: a line's text is compared by them and by its length. */
  lines: { number: number; text: string; length: number }[];
  counts: ReadCounts;
  tail: Buffer;
}

/** All lines that a reader gives for these chunks. */
export function readLines(chunks: Iterable<Buffer>): ReadLines {
  const lines: ReadLines['lines'] = [];
  const reader = createLineReader((line, bytes, number) => {
    const { start, end } = line;
    lines.push({ number, text: bytes.toString('latin1', start, Math.min(end, start + 80)), length: end - start });
  });
  for (const chunk of chunks) reader.write(chunk);
  reader.end();
  return { lines, counts: reader.counts, tail: reader.tail() };
}

/** The same bytes, cut at random places into chunks of at most `most`. */
export function cutAtRandom(bytes: Buffer, random: SeededRandom, most: number): Buffer[] {
  const chunks: Buffer[] = [];
  for (let from = 0; from < bytes.length;) {
    const to = Math.min(bytes.length, from + 1 + random.below(most));
    chunks.push(bytes.subarray(from, to));
    from = to;
  }
  return chunks;
}

export function censusOf(log: string | Buffer): LogCensus {
  const compactor = createLogCompactor();
  compactor.write(Buffer.from(log));
  return compactor.end();
}

export function digestOf(log: string | Buffer, tokens: number): string {
  return renderDigest(censusOf(log), tokens);
}

/** Lines that a census accounts for: blank, in a group, in a crowd or in a traceback. */
export function accountedLines({ counts, groups, crowds, tracebacks, otherTracebacks }: LogCensus): number {
  const inGroups = groups.reduce((sum, { count, opensTraceback }) => sum + (opensTraceback ? 0 : count), 0);
  const inCrowds = crowds.reduce((sum, { count }) => sum + count, 0);
  const inTracebacks = [...tracebacks, ...otherTracebacks].reduce((sum, { lines }) => sum + lines, 0);
  return counts.blankLines + inGroups + inCrowds + inTracebacks;
}
