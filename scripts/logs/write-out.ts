import { once } from 'node:events';

/** Resolves when standard output can take more. */
export async function writeOut(text: Buffer | string): Promise<void> {
  if (text.length > 0 && !process.stdout.write(text)) await once(process.stdout, 'drain');
}
