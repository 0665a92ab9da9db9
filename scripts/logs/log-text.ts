import type { FileHandle } from 'node:fs/promises';
import type { OutputHole } from '../../activities/adapters/output-hole.ts';
import { replaceFreedBytes } from './freed-bytes.ts';

const chunkBytes = 256 * 1024;
const newLine = 0x0a;

/** All of a log as it is now; the receipt stands where its middle was dropped, as it does in a finished log. */
export async function* logText(log: FileHandle, hole: OutputHole | null): AsyncGenerator<Buffer> {
  const { size } = await log.stat();
  const freed = replaceFreedBytes();
  const parts =
    hole === null
      ? [[0, size]]
      : [
          [0, Math.min(hole.start, size)],
          [hole.end, size],
        ];
  let endsLine = true;
  for (const [index, [start = 0, end = 0]] of parts.entries()) {
    if (index > 0 && hole !== null) yield Buffer.from(endsLine ? hole.receipt : `\n${hole.receipt}`);
    for (let position = start; position < end;) {
      const length = Math.min(chunkBytes, end - position);
      const { buffer, bytesRead } = await log.read(Buffer.allocUnsafe(length), 0, length, position);
      if (bytesRead === 0) break;
      position += bytesRead;
      const bytes = buffer.subarray(0, bytesRead);
      endsLine = bytes.at(-1) === newLine;
      yield freed.pass(bytes);
    }
    yield freed.end();
  }
}
