/** What the scanner does with a byte. */
export const letter = 0;
export const digit = 1;
export const blank = 2;
export const lineFeed = 3;
export const carriageReturn = 4;
export const escape = 5;
/** `+` and `-`, which may belong to a number. */
export const sign = 6;
/** Punctuation that bars and rules are drawn with: a run of one character counts as one. */
export const drawing = 7;
/** The first byte of U+2000 to U+2FFF, where the glyphs of progress bars are. */
export const glyph = 8;
/** Control characters, which no terminal shows. */
export const invisible = 9;
export const punctuation = 10;

/** The class of every byte. Bytes of UTF-8 sequences count as letters, and so does the underscore. */
export const classOf: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => classify(byte));

function classify(byte: number): number {
  if (byte === 0x0a) return lineFeed;
  if (byte === 0x0d) return carriageReturn;
  if (byte === 0x1b) return escape;
  if (byte === 0x20 || byte === 0x09) return blank;
  if (byte < 0x20 || byte === 0x7f) return invisible;
  if (byte === 0xe2) return glyph;
  if (byte >= 0x80) return letter;
  const character = String.fromCharCode(byte);
  if (/[A-Za-z_]/.test(character)) return letter;
  if (/\d/.test(character)) return digit;
  if (/[+-]/.test(character)) return sign;
  return /[=#.>*~]/.test(character) ? drawing : punctuation;
}

export function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

/** Letters, digits and the underscore. */
export function isWordCharacter(byte: number): boolean {
  return classOf[byte]! <= digit;
}

export function isHexadecimal(byte: number): boolean {
  return isDigit(byte) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66);
}
