import { createReadStream } from 'node:fs';
import { decodeText, errorCode } from '../text-input.ts';
import { UserError } from '../user-error.ts';

/**
 * The text of a file, or of standard input for `-`, word for word. Throws a UserError where it cannot be read or is no
 * text, and where it is longer than `mostBytes`, which ends the reading.
 */
export async function readWords(file: string, mostBytes: number): Promise<string> {
  const name = file === '-' ? 'Standard input' : file;
  const stream = file === '-' ? process.stdin : createReadStream(file);
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of stream) {
      chunks.push(chunk as Buffer);
      bytes += (chunk as Buffer).length;
      if (bytes > mostBytes) break;
    }
  } catch (error) {
    throw new UserError(
      `The words cannot be read from ${name} (${errorCode(error)}): give the path of a text file.`,
      2,
    );
  }
  if (bytes <= mostBytes) return decodeText(Buffer.concat(chunks), { name, consequence: 'nothing was sent' });
  throw new UserError(`${name} has more than the ${mostBytes} bytes that are taken; nothing was sent.`, 2);
}
