import { fstatSync, readSync } from 'node:fs';
import { createLogCompactor } from './log-compactor.ts';
import { looksBinary } from './looks-binary.ts';
import { renderDigest } from './render-digest.ts';

const chunkBytes = 1024 * 1024;
const sniffedBytes = 64 * 1024;
const newLine = 0x0a;
const retryMilliseconds = 10;

export interface DigestOptions {
  /** The digest has at most so many. */
  tokens: number;
  /** The middle of a growing log that was freed to save room: what was there is told by the receipt. */
  hole?: LogHole | null;
}

export interface LogHole {
  /** Bytes of the file; from `start` up to, but without, `end`. */
  start: number;
  end: number;
  /** Whole lines. */
  receipt: string;
}

/**
 * The digest of an open file as it is now, in Markdown: what is appended while it is read is not waited for. A pipe is
 * read to its end. Blocks the thread for as long as it takes: two or three seconds for a gigabyte.
 */
export function digestDescriptor(
  descriptor: number,
  { tokens, hole = null }: DigestOptions,
  onProgress: (bytes: number) => void = () => {},
): string {
  const stat = fstatSync(descriptor);
  const compactor = createLogCompactor();
  const chunk = Buffer.allocUnsafe(chunkBytes);
  let position = 0;
  let endsLine = true;
  while (!stat.isFile() || position < stat.size) {
    if (hole !== null && position === hole.start) {
      compactor.write(Buffer.from(endsLine ? hole.receipt : `\n${hole.receipt}`));
      position = hole.end;
    }
    const end = hole !== null && position < hole.start ? hole.start : Infinity;
    const bytes = readChunk(descriptor, chunk, stat.isFile() ? { position, end: Math.min(end, stat.size) } : null);
    if (bytes.length === 0) break;
    if (position === 0 && looksBinary(bytes.subarray(0, sniffedBytes))) {
      return 'No digest: by its first bytes the file is no text.\n';
    }
    compactor.write(bytes);
    endsLine = bytes.at(-1) === newLine;
    position += bytes.length;
    onProgress(position);
  }
  return renderDigest(compactor.end(), tokens);
}

function readChunk(descriptor: number, chunk: Buffer, range: { position: number; end: number } | null): Buffer {
  const most = range === null ? chunkBytes : Math.min(chunkBytes, range.end - range.position);
  for (;;) {
    try {
      return chunk.subarray(0, readSync(descriptor, chunk, 0, most, range?.position ?? null));
    } catch (error) {
      // A pipe that somebody else has set so; there is nothing else to do meanwhile.
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, retryMilliseconds);
    }
  }
}
