import * as kind from './character-class.ts';
import { classOf, isDigit, isWordCharacter } from './character-class.ts';
import { isNotFinite } from './masked-words.ts';

const point = 0x2e;

/**
 * What tells nothing of a line's shape: colours, the glyphs of bars, the sign of a number, control characters, and all
 * but the first of a run of equal drawing characters. Returns where it ends; `at` if the byte does count.
 */
export function endOfUnseen(bytes: Buffer, at: number): number {
  const is: number = classOf[bytes[at]!]!;
  switch (is) {
    case kind.escape:
      return endOfControlSequence(bytes, at);
    case kind.invisible:
      return at + 1;
    case kind.glyph:
      return isBarGlyph(bytes[at + 1]!) && isContinuation(bytes[at + 2]!) ? at + 3 : at;
    case kind.sign:
      return isSignOfNumber(bytes, at) || bytes[at - 1] === bytes[at] ? at + 1 : at;
    default:
      return bytes[at - 1] === bytes[at] || isPointOfNumber(bytes, at) ? at + 1 : at;
  }
}

function isSignOfNumber(bytes: Buffer, at: number): boolean {
  if (isWordCharacter(bytes[at - 1]!)) return false;
  const next = bytes[at + 1]!;
  if (isDigit(next) || (next === point && isDigit(bytes[at + 2]!))) return true;
  let end = at + 1;
  while (classOf[bytes[end]!] === kind.letter) end += 1;
  return isNotFinite(bytes, at + 1, end);
}

/** The point of `.5`. */
function isPointOfNumber(bytes: Buffer, at: number): boolean {
  return bytes[at] === point && isDigit(bytes[at + 1]!) && !isWordCharacter(bytes[at - 1]!);
}

/** By the second byte of three: box drawing, blocks and geometric shapes, or the Braille patterns of spinners. */
function isBarGlyph(second: number): boolean {
  return (second >= 0x94 && second <= 0x97) || (second >= 0xa0 && second <= 0xa3);
}

/** Whether a byte belongs to the character that an earlier byte began: a glyph may be cut off by the end of its line. */
function isContinuation(byte: number): boolean {
  return byte >= 0x80 && byte < 0xc0;
}

/** Where the terminal's control sequence ends, at the latest before the end of the line. */
function endOfControlSequence(bytes: Buffer, at: number): number {
  const introducer = bytes[at + 1]!;
  let position = at + 2;
  if (introducer === 0x5b) {
    while (bytes[position]! >= 0x20 && bytes[position]! < 0x40) position += 1;
    return bytes[position]! >= 0x40 ? position + 1 : position;
  }
  if (introducer !== 0x5d) return introducer >= 0x20 ? position : at + 1;
  while (bytes[position]! >= 0x20) position += 1;
  if (bytes[position] === 0x1b && bytes[position + 1] === 0x5c) return position + 2;
  return bytes[position] === 0x07 ? position + 1 : position;
}
