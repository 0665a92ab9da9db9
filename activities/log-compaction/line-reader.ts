import { createScannedLine, scanLine, type ScannedLine } from './scan-line.ts';
import { createStreamTail } from './stream-tail.ts';

/** Bytes of one line that are read; what is behind them is counted. */
const longestLine = 64 * 1024;
const capacity = 2 * 1024 * 1024;
/** Bytes before and behind the text that the scanner may look at. */
const margin = 16;

const newLine = 0x0a;
const returnByte = 0x0d;

export interface ReadCounts {
  bytes: number;
  lines: number;
  blankLines: number;
  /** Bytes that later text of the same line has overwritten on the screen, and the lines with such bytes. */
  redrawnBytes: number;
  redrawnLines: number;
  /** Bytes behind the first 64 KB of a line, and the lines with such bytes. */
  cutBytes: number;
  cutLines: number;
  zeroBytes: number;
}

export interface LineReader {
  readonly counts: ReadCounts;
  write(chunk: Buffer): void;
  /** Gives the last line, if it has no line feed. Nothing may be written afterwards. */
  end(): void;
  /** The last bytes that were read, up to 256 KB; they begin within a line if there were more. */
  tail(): Buffer;
}

export type LineHandler = (line: ScannedLine, bytes: Buffer, lineNumber: number) => void;

/** Cuts a stream of bytes into lines, wherever its chunks end. A line is valid only during the call of its handler. */
export function createLineReader(onLine: LineHandler): LineReader {
  const tail = createStreamTail();
  const reader = newReader(onLine);
  const { counts } = reader;

  function write(chunk: Buffer): void {
    counts.bytes += chunk.length;
    tail.add(chunk);
    const text = chunk.includes(0) ? withoutZeros(chunk) : chunk;
    counts.zeroBytes += chunk.length - text.length;
    for (let from = 0; from < text.length;) {
      const copied = text.copy(reader.buffer, reader.filled, from, from + margin + capacity - reader.filled);
      reader.filled += copied;
      from += copied;
      takeWholeLines(reader);
      if (reader.filled - margin > longestLine) shorten(reader);
    }
  }

  function end(): void {
    if (reader.filled === margin) return;
    reader.buffer[reader.filled] = newLine;
    takeLine(reader, margin);
    reader.filled = margin;
  }

  return { counts, write, end, tail: () => tail.bytes() };
}

interface Reader {
  readonly counts: ReadCounts;
  readonly line: ScannedLine;
  readonly onLine: LineHandler;
  /** The line at hand begins behind the margin. */
  readonly buffer: Buffer;
  /** Where the text in the buffer ends. */
  filled: number;
  /** Bytes of the line at hand that were left away; -1 while it is not too long. */
  leftAway: number;
  /** Bytes of the line at hand that are overwritten, and no longer in the buffer. */
  redrawn: number;
}

function newReader(onLine: LineHandler): Reader {
  const nothing = { bytes: 0, lines: 0, blankLines: 0, redrawnBytes: 0, redrawnLines: 0 };
  const counts = { ...nothing, cutBytes: 0, cutLines: 0, zeroBytes: 0 };
  const buffer = Buffer.alloc(margin + capacity + margin, newLine);
  return { counts, line: createScannedLine(), onLine, buffer, filled: margin, leftAway: -1, redrawn: 0 };
}

function takeWholeLines(reader: Reader): void {
  const { buffer } = reader;
  const end = buffer.lastIndexOf(newLine, reader.filled - 1);
  if (end < margin) return;
  let position = margin;
  while (position <= end) position = takeLine(reader, position) + 1;
  buffer.copyWithin(margin, position, reader.filled);
  reader.filled += margin - position;
}

function takeLine(reader: Reader, from: number): number {
  const { buffer, counts, line } = reader;
  const end = scanLine(buffer, from, line);
  if (line.end - line.start > longestLine) cutLine(reader);
  counts.lines += 1;
  const overwritten = line.start - from;
  if (overwritten > 0 || reader.redrawn > 0) {
    counts.redrawnBytes += overwritten + reader.redrawn;
    counts.redrawnLines += 1;
    reader.redrawn = 0;
  }
  if (reader.leftAway >= 0) settle(reader, overwritten > 0);
  if (line.isBlank) counts.blankLines += 1;
  else reader.onLine(line, buffer, counts.lines);
  return end;
}

/** Whether it came at once or in pieces: what is behind a line's first 64 KB tells nothing of its shape. */
function cutLine(reader: Reader): void {
  const { buffer, line } = reader;
  const end = line.start + longestLine;
  const byte = buffer[end]!;
  reader.leftAway = Math.max(0, reader.leftAway) + line.end - end;
  buffer[end] = newLine;
  scanLine(buffer, line.start, line);
  buffer[end] = byte;
}

/** What was left away of a long line is redrawn if a carriage return came behind it, cut otherwise. */
function settle(reader: Reader, isOverwritten: boolean): void {
  const { counts, leftAway } = reader;
  if (isOverwritten) counts.redrawnBytes += leftAway;
  else if (leftAway > 0) {
    counts.cutBytes += leftAway;
    counts.cutLines += 1;
  }
  reader.leftAway = -1;
}

/** Makes room within a line that is too long: what is overwritten goes, then what is behind the first 64 KB. */
function shorten(reader: Reader): void {
  const { buffer } = reader;
  const frame = startOfLastFrame(buffer, reader.filled);
  if (frame > margin) {
    reader.redrawn += frame - margin + Math.max(0, reader.leftAway);
    reader.leftAway = -1;
    buffer.copyWithin(margin, frame, reader.filled);
    reader.filled += margin - frame;
  }
  const tooMuch = reader.filled - margin - longestLine;
  if (tooMuch <= 0) return;
  reader.leftAway = Math.max(0, reader.leftAway) + tooMuch;
  reader.filled -= tooMuch;
}

/** Behind the last carriage return that has text behind it; 0 if there is none. */
function startOfLastFrame(buffer: Buffer, filled: number): number {
  let end = filled;
  while (end > margin && buffer[end - 1] === returnByte) end -= 1;
  const found = end > margin ? buffer.lastIndexOf(returnByte, end - 1) : -1;
  return found < margin ? 0 : found + 1;
}

function withoutZeros(chunk: Buffer): Buffer {
  const result = Buffer.allocUnsafe(chunk.length);
  let length = 0;
  for (let from = 0; from < chunk.length;) {
    const zero = chunk.indexOf(0, from);
    const end = zero < 0 ? chunk.length : zero;
    length += chunk.copy(result, length, from, end);
    from = end;
    while (from < chunk.length && chunk[from] === 0) from += 1;
  }
  return result.subarray(0, length);
}
