import * as kind from './character-class.ts';
import { classOf } from './character-class.ts';
import { endOfIdentifier, isDigitOfWord, isNotFinite, notFinite } from './masked-words.ts';
import { readNumber } from './read-number.ts';
import { endOfUnseen } from './unseen-bytes.ts';

/** Numbers of one line that are followed; what stands behind them is still part of the line's shape. */
export const mostNumbers = 256;

/** The line that was scanned last, reused for each: copy what is to stay. */
export interface ScannedLine {
  /** Of what a terminal would show: the text after the last carriage return. */
  start: number;
  end: number;
  /** Of the shape: the line without blanks, colours and bars, every number and id masked. 64 bits in two halves. */
  hash: number;
  check: number;
  /** The free-standing numbers in their order, NaN and infinities included. */
  readonly numbers: Float64Array;
  /** At most `mostNumbers`. */
  numberCount: number;
  /** Where each number's first digit is, and where it ends. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  isBlank: boolean;
}

const seed = 0x811c9dc5 | 0;
/** FNV-1a's prime for 32 bits. */
const prime = 0x01000193;
const maskedNumber = 0x1f;
const maskedIdentifier = 0x1e;
const newLine = 0x0a;
const returnByte = 0x0d;
const value = new Float64Array(1);
const { letter, digit, blank, punctuation, lineFeed, carriageReturn } = kind;

export function createScannedLine(): ScannedLine {
  return {
    start: 0,
    end: 0,
    hash: 0,
    check: 0,
    numbers: new Float64Array(mostNumbers + 1),
    starts: new Int32Array(mostNumbers + 1),
    ends: new Int32Array(mostNumbers + 1),
    numberCount: 0,
    isBlank: true,
  };
}

/**
 * Scans the line that begins at `from` into `line`, and returns where its line feed is. There has to be one: whoever
 * fills the buffer puts one behind the last byte, and sixteen bytes more before and behind may be looked at. All that
 * changes with every byte is a local variable of one function, the table too: twice as fast as fields and closures.
 */
// oxlint-disable-next-line max-lines-per-function
export function scanLine(bytes: Buffer, from: number, line: ScannedLine): number {
  const { numbers, starts, ends } = line;
  const classes = classOf;
  line.start = from;
  let position = from;
  let hash = seed;
  let check = 0;
  let count = 0;
  for (;;) {
    const first = position;
    const before = hash;
    let byte = bytes[position]!;
    const is = classes[byte]!;
    if (is === letter) {
      do {
        hash = Math.imul(hash ^ byte, prime);
        byte = bytes[++position]!;
      } while (classes[byte] === letter);
      const end = classes[byte] === digit ? endOfIdentifier(bytes, first) : 0;
      if (end > 0) {
        hash = Math.imul(before ^ maskedIdentifier, prime);
        position = end;
      } else if (isNotFinite(bytes, first, position)) {
        hash = Math.imul(before ^ maskedNumber, prime);
        numbers[count] = notFinite(bytes, first);
        starts[count] = first;
        ends[count] = position;
        count = count < mostNumbers ? count + 1 : count;
      } else {
        check = (Math.imul(check, 31) + hash) | 0;
        while (isDigitOfWord(bytes, position)) hash = Math.imul(hash ^ bytes[position++]!, prime);
      }
    } else if (is === blank) {
      position += 1;
    } else if (is === digit) {
      position = readNumber(bytes, position, value);
      numbers[count] = value[0]!;
      starts[count] = first;
      ends[count] = position;
      const end = classes[bytes[position]!] === letter ? endOfIdentifier(bytes, first) : 0;
      hash = Math.imul(hash ^ (end > 0 ? maskedIdentifier : maskedNumber), prime);
      if (end > 0) position = end;
      else count = count < mostNumbers ? count + 1 : count;
    } else if (is === punctuation) {
      hash = Math.imul(hash ^ byte, prime);
      position += 1;
    } else if (is === lineFeed) {
      break;
    } else if (is === carriageReturn) {
      const frame = startOfLastFrame(bytes, position);
      if (frame === position) break;
      position = line.start = frame;
      hash = seed;
      check = count = 0;
    } else {
      position = endOfUnseen(bytes, position);
      if (position === first) hash = Math.imul(hash ^ bytes[position++]!, prime);
    }
  }
  line.end = position;
  line.hash = hash;
  line.check = check;
  line.numberCount = count;
  line.isBlank = hash === seed;
  return bytes[position] === newLine ? position : bytes.indexOf(newLine, position);
}

/** Where the last part of the line begins that a terminal still shows; `at` itself where only the line's end follows. */
function startOfLastFrame(bytes: Buffer, at: number): number {
  let end = bytes.indexOf(newLine, at);
  while (bytes[end - 1] === returnByte && end > at) end -= 1;
  return end === at ? at : bytes.lastIndexOf(returnByte, end - 1) + 1;
}
