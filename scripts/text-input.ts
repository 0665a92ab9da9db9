import { UserError } from './user-error.ts';

/** Text that somebody gave in a file or on standard input. */
export interface TextInput {
  /** What a problem calls it. */
  name: string;
  /** What has not been done where it is refused: "nothing was sent". */
  consequence: string;
}

/** The text, every character of it. Throws a UserError for what is none: read as text it would arrive changed. */
export function decodeText(bytes: Uint8Array, { name, consequence }: TextInput): string {
  const text = decodeUtf8(bytes);
  if (text !== null && !text.includes('\0')) return text;
  throw new UserError(`${name} is no UTF-8 text: ${consequence}.`, 2);
}

function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** Why a file cannot be read, in a word: ENOENT, EISDIR. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
