import { classOf, digit, isDigit, isHexadecimal, letter } from './character-class.ts';
import { hashOfWord, severity, severityOfHash, type Severity } from './severity.ts';

/** Words of a line that are compared; further ones count as one. */
export const mostWords = 48;

/** What a line of an unknown shape tells at a closer look. Reused for each line. */
export interface InspectedLine {
  severity: Severity;
  /** Hash of the line with all digits masked, those within words too. */
  family: number;
  /** Hashes of the words between blanks, digits masked: `wordCount` of them, from the index `from` on. */
  readonly words: Int32Array;
  readonly from: number;
  wordCount: number;
}

const prime = 0x01000193;
const seed = 0x811c9dc5 | 0;
const blankByte = 0x20;
const tab = 0x09;
const openingBracket = 0x28;
const dot = 0x2e;
const longestCodeWord = 24;

export interface LineInspector {
  readonly result: InspectedLine;
  inspect(bytes: Buffer, from: number, to: number): void;
}

export function createLineInspector(): LineInspector {
  const words = new Int32Array(mostWords);
  const result: InspectedLine = { severity: severity.plain, family: 0, words, from: 0, wordCount: 0 };

  function inspect(bytes: Buffer, from: number, to: number): void {
    let position = skipBlanks(bytes, from, to);
    let family = seed;
    let count = 0;
    let greatest: Severity = severity.plain;
    while (position < to) {
      let word = seed;
      while (position < to && !isBlank(bytes[position]!)) {
        const first = position;
        const is = classOf[bytes[position]!]!;
        if (is === letter) {
          let lower = seed;
          while (position < to && classOf[bytes[position]!] === letter) {
            word = Math.imul(word ^ bytes[position]!, prime);
            lower = Math.imul(lower ^ (bytes[position++]! | 0x20), prime);
          }
          if (position - first > 2)
            greatest = Math.max(greatest, severityAt(bytes, { from: first, to: position }, lower)) as Severity;
        } else if (is === digit) {
          position = endOfDigits(bytes, position, to);
          word = Math.imul(word ^ 1, prime);
        } else {
          word = Math.imul(word ^ bytes[position++]!, prime);
        }
      }
      family = (Math.imul(family, 31) + word) | 0;
      words[count < mostWords ? count++ : mostWords - 1] = word || 1;
      position = skipBlanks(bytes, position, to);
    }
    result.family = family;
    result.wordCount = count;
    result.severity = isContract(bytes, from) ? severity.contract : greatest;
  }

  return { result, inspect };
}

function skipBlanks(bytes: Buffer, at: number, to: number): number {
  let position = at;
  while (position < to && isBlank(bytes[position]!)) position += 1;
  return position;
}

function isBlank(byte: number): boolean {
  return byte === blankByte || byte === tab;
}

/** Digits, and the hexadecimal letters of an id that begins with one. */
function endOfDigits(bytes: Buffer, at: number, to: number): number {
  let position = at;
  while (position < to && isDigit(bytes[position]!)) position += 1;
  let end = position;
  while (end < to && isHexadecimal(bytes[end]!)) end += 1;
  return end - at >= 7 ? end : position;
}

function severityAt(bytes: Buffer, { from, to }: { from: number; to: number }, hash: number): Severity {
  let value = severityOfHash(hash);
  if (value === severity.plain && isLower(bytes[to - 1]!)) value = lastPart(bytes, from, to);
  if (value < severity.warning) return value;
  return isCodeOrMeasure(bytes, from, to) ? severity.plain : value;
}

/** `Error` of `RuntimeError`. */
function lastPart(bytes: Buffer, from: number, to: number): Severity {
  let position = to - 1;
  while (position > from && isLower(bytes[position]!)) position -= 1;
  return position === from ? severity.plain : severityOfHash(hashOfWord(bytes, position, to));
}

function isLower(byte: number): boolean {
  return byte >= 0x61 && byte <= 0x7a;
}

/** `warnings.warn(` is the echo of a line of code; `error: 0.31` and `error rate` are a metric. */
function isCodeOrMeasure(bytes: Buffer, from: number, to: number): boolean {
  if (bytes[to] === openingBracket || (bytes[to] === dot && classOf[bytes[to + 1]!] === letter)) return true;
  let position = to;
  if (bytes[position] === 0x27 || bytes[position] === 0x22) position += 1;
  const hasSeparator = bytes[position] === 0x3a || bytes[position] === 0x3d;
  if (hasSeparator) position += 1;
  while (bytes[position] === blankByte) position += 1;
  return isDigit(bytes[position]!) && (hasSeparator || position > to) && to - from < longestCodeWord;
}

const contractPrefixes = ['METRIC ', 'finished: ', '[longrun: '];

/** A result that the harness, or a script without it, reports; or the supervisor's receipt for dropped output. */
function isContract(bytes: Buffer, from: number): boolean {
  const first = bytes[from]!;
  return contractPrefixes.some(
    (prefix) => prefix.charCodeAt(0) === first && bytes.toString('latin1', from, from + prefix.length) === prefix,
  );
}
