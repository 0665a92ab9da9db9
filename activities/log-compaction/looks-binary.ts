/** More of such bytes than this share, and it is no text. */
const mostSuspicious = 0.15;
const textControls = new Set([0x07, 0x08, 0x09, 0x0a, 0x0c, 0x0d, 0x1b]);

/**
 * Whether a file that begins with these bytes is no log: too many control characters, or bytes that are no UTF-8. Zero
 * bytes do not count: they stand where the middle of a growing log was freed, and between the letters of UTF-16.
 */
export function looksBinary(beginning: Buffer): boolean {
  const text = beginning.filter((byte) => byte !== 0);
  const controls = text.reduce((sum, byte) => sum + (byte < 0x20 && !textControls.has(byte) ? 1 : 0), 0);
  const undecodable = new TextDecoder().decode(text).split('\uFFFD').length - 1;
  return controls + undecodable > text.length * mostSuspicious;
}
