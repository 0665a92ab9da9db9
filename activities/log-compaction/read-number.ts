import { isDigit, isWordCharacter } from './character-class.ts';

const point = 0x2e;
const comma = 0x2c;
const minus = 0x2d;
const plus = 0x2b;
const lowerE = 0x65;
const zero = 0x30;
const nine = 0x39;

/** So many digits a double holds exactly. */
const mostDigits = 15;

/** Exact in a double, so that dividing an exact number by one of them rounds correctly. */
const powersOfTen = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

/**
 * Reads the number whose first digit is at `at`, with its sign: `-12`, `0.5`, `.5`, `1e-05`, `1,234`. Returns where it
 * ends; its value is put into `value[0]`. Small enough to be inlined: what is not digits with a point among them at most
 * goes a longer way.
 */
export function readNumber(bytes: Buffer, at: number, value: Float64Array): number {
  let position = at;
  let number = 0;
  let byte = bytes[position]!;
  while (byte >= zero && byte <= nine) {
    number = number * 10 + (byte - zero);
    byte = bytes[++position]!;
  }
  if (byte === point) {
    const decimals = ++position;
    for (byte = bytes[position]!; byte >= zero && byte <= nine; byte = bytes[++position]!) {
      number = number * 10 + (byte - zero);
    }
    number /= powersOfTen[position - decimals]!;
    if (position === decimals) position -= 1;
  }
  const before = bytes[at - 1]!;
  if (byte === comma || (byte | 0x20) === lowerE || before === point || position - at > mostDigits) {
    return readUncommonNumber(bytes, at, value);
  }
  value[0] = before === minus && hasMinus(bytes, at) ? -number : number;
  return position;
}

function readUncommonNumber(bytes: Buffer, at: number, value: Float64Array): number {
  const isFraction = bytes[at - 1] === point && !isWordCharacter(bytes[at - 2]!);
  const whole = endOfDigits(bytes, at);
  const grouped = isFraction ? whole : endOfThousands(bytes, at, whole);
  const hasDecimals = bytes[grouped] === point && isDigit(bytes[grouped + 1]!);
  const mantissaEnd = hasDecimals ? endOfDigits(bytes, grouped + 1) : grouped;
  const exponentEnd = endOfExponent(bytes, mantissaEnd);
  const end = isIdentifier(bytes, { at, mantissaEnd, exponentEnd }) ? mantissaEnd : exponentEnd;
  const from = isFraction ? at - 1 : at;
  const number = valueOf(bytes, { from, mantissaEnd, end });
  value[0] = hasMinus(bytes, from) ? -number : number;
  return end;
}

/** `393383e245` has only digits before and behind an e, too many of them for a number. */
function isIdentifier(bytes: Buffer, number: { at: number; mantissaEnd: number; exponentEnd: number }): boolean {
  const { at, mantissaEnd, exponentEnd } = number;
  const digits = mantissaEnd - at;
  const isWhole = endOfDigits(bytes, at) === mantissaEnd && bytes[at - 1] !== point;
  return (
    isWhole &&
    digits >= 4 &&
    digits <= mostDigits &&
    bytes[mantissaEnd] === lowerE &&
    endOfDigits(bytes, mantissaEnd + 1) - mantissaEnd >= 4 &&
    exponentEnd > mantissaEnd
  );
}

/** Exact by arithmetic where the digits and the power of ten are exact, which is quick; otherwise by the language. */
function valueOf(
  bytes: Buffer,
  { from, mantissaEnd, end }: { from: number; mantissaEnd: number; end: number },
): number {
  let mantissa = 0;
  let digits = 0;
  let scale = 0;
  let isBehindPoint = false;
  for (let position = from; position < mantissaEnd; position += 1) {
    const byte = bytes[position]!;
    if (byte === point) isBehindPoint = true;
    if (byte === point || byte === comma) continue;
    mantissa = mantissa * 10 + (byte - zero);
    digits += 1;
    if (isBehindPoint) scale -= 1;
  }
  if (end > mantissaEnd) scale += exponentAt(bytes, mantissaEnd + 1, end);
  const power = powersOfTen[Math.abs(scale)];
  if (digits > mostDigits || power === undefined)
    return Number(bytes.toString('latin1', from, end).replaceAll(',', ''));
  return scale < 0 ? mantissa / power : mantissa * power;
}

function exponentAt(bytes: Buffer, from: number, to: number): number {
  let exponent = 0;
  for (let position = from; position < to; position += 1) {
    if (isDigit(bytes[position]!)) exponent = exponent * 10 + (bytes[position]! - zero);
  }
  return bytes[from] === minus ? -exponent : exponent;
}

/** Whether the number at `at` has a minus of its own, which is no hyphen: `2024-05-01` has none. */
function hasMinus(bytes: Buffer, at: number): boolean {
  return bytes[at - 1] === minus && !isWordCharacter(bytes[at - 2]!);
}

function endOfDigits(bytes: Buffer, at: number): number {
  let position = at;
  while (isDigit(bytes[position]!)) position += 1;
  return position;
}

/** Behind the last `,234` that follows up to three digits. */
function endOfThousands(bytes: Buffer, at: number, whole: number): number {
  if (whole - at > 3) return whole;
  let end = whole;
  while (bytes[end] === comma && endOfDigits(bytes, end + 1) === end + 4) end += 4;
  return end;
}

/** Behind `e5` or `E-05`, but not into a word that begins with an e. */
function endOfExponent(bytes: Buffer, at: number): number {
  if ((bytes[at]! | 0x20) !== lowerE) return at;
  const next = bytes[at + 1]!;
  const digits = next === minus || next === plus ? at + 2 : at + 1;
  const end = endOfDigits(bytes, digits);
  return end === digits || isWordCharacter(bytes[end]!) ? at : end;
}
