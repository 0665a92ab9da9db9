import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { cutMiddle } from '../cut-to-tokens.ts';

const endCharacters = 5_000;

/** The first and the last 5,000 characters, as agents cut what a command prints; to fewer tokens both are cut alike. */
export function headAndTail(file: string, tokens: number): string {
  const descriptor = openSync(file, 'r');
  try {
    const { size } = fstatSync(descriptor);
    const read = (from: number, bytes: number): string => {
      const buffer = Buffer.alloc(bytes);
      return buffer.toString('utf8', 0, readSync(descriptor, buffer, 0, bytes, from));
    };
    // A character takes four bytes at most.
    const bytes = Math.min(size, 4 * endCharacters);
    if (size <= endCharacters) return cutMiddle({ head: read(0, size), tail: '', skipped: 0 }, tokens);
    const head = read(0, bytes).slice(0, endCharacters);
    const tail = read(size - bytes, bytes).slice(-endCharacters);
    return cutMiddle({ head, tail, skipped: Math.max(0, size - head.length - tail.length) }, tokens);
  } finally {
    closeSync(descriptor);
  }
}
