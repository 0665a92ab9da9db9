import { isDigit, isHexadecimal, isWordCharacter } from './character-class.ts';

const minus = 0x2d;
const lowerX = 0x78;
const zero = 0x30;

/** The length of an abbreviated hash of git. */
const shortestIdentifier = 7;
/** So many digits at the end of a word are a number, as in `checkpoint_1000`; fewer belong to its name: `layer12`. */
const longNumberInWord = 4;

/**
 * Where the hexadecimal id that begins at `at` ends (a hash, an address, a UUID); 0 if it is none: ids have at least
 * seven characters, among them a digit and, without a `0x`, a letter.
 */
export function endOfIdentifier(bytes: Buffer, at: number): number {
  if (isWordCharacter(bytes[at - 1]!)) return 0;
  const isPrefixed = bytes[at] === zero && (bytes[at + 1]! | 0x20) === lowerX;
  const from = isPrefixed ? at + 2 : at;
  let position = from;
  let digits = 0;
  while (isHexadecimal(bytes[position]!)) {
    if (isDigit(bytes[position]!)) digits += 1;
    position += 1;
  }
  const length = position - from;
  if (isWordCharacter(bytes[position]!)) return 0;
  if (isPrefixed) return length > 0 ? position : 0;
  if (length < shortestIdentifier || digits === 0 || digits === length) return 0;
  return endOfGroups(bytes, position);
}

/** The further groups of a UUID. */
function endOfGroups(bytes: Buffer, at: number): number {
  let end = at;
  while (bytes[end] === minus) {
    let position = end + 1;
    while (isHexadecimal(bytes[position]!)) position += 1;
    if (position - end < 5 || isWordCharacter(bytes[position]!)) break;
    end = position;
  }
  return end;
}

/** Whether the digit at `at`, behind a letter, belongs to a name (`conv2d`) and is no number at its end. */
export function isDigitOfWord(bytes: Buffer, at: number): boolean {
  if (!isDigit(bytes[at]!)) return false;
  if (isDigit(bytes[at - 1]!)) return true;
  for (let index = 1; index < longNumberInWord; index += 1) if (!isDigit(bytes[at + index]!)) return true;
  return false;
}

/** Whether the word between two places is a NaN or an infinity, in the spellings of Python, C and JSON. */
export function isNotFinite(bytes: Buffer, from: number, to: number): boolean {
  const length = to - from;
  if (length !== 3 && length !== 8) return false;
  const first = bytes[from]! | 0x20;
  if ((first !== 0x6e && first !== 0x69) || isWordCharacter(bytes[from - 1]!) || isDigit(bytes[to]!)) return false;
  const word = bytes.toString('latin1', from, to).toLowerCase();
  return word === 'nan' || word === 'inf' || word === 'infinity';
}

/** The value of such a word, with the sign before it. */
export function notFinite(bytes: Buffer, at: number): number {
  if ((bytes[at]! | 0x20) === 0x6e) return NaN;
  return bytes[at - 1] === minus ? -Infinity : Infinity;
}
