import { createReadStream } from 'node:fs';
import { UserError } from '../user-error.ts';

/**
 * The text of a file, or of standard input for `-`, word for word. Throws a UserError where it cannot be read, and where
 * it is longer than `mostBytes`, which ends the reading.
 */
export async function readWords(file: string, mostBytes: number): Promise<string> {
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
    throw new UserError(`It cannot be read: ${error instanceof Error ? error.message : String(error)}.`, 2);
  }
  if (bytes <= mostBytes) return Buffer.concat(chunks).toString('utf8');
  const name = file === '-' ? 'Standard input' : file;
  throw new UserError(`${name} has more than the ${mostBytes} bytes that are taken; nothing was sent.`, 2);
}
