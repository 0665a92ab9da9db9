import { readFile, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { openUntrusted } from '../../activities/adapters/untrusted-file.ts';
import type { ExecutionLog } from '../../activities/execution-logs/execution-log.ts';
import { replaceFreedBytes } from './freed-bytes.ts';

/** What comes in a log, whatever happens to its file: it is replaced when an attempt ends whose middle was dropped. */
export interface LogTail {
  /** What has come since the last call; nothing while there is no file. */
  read(): AsyncGenerator<Buffer>;
  close(): Promise<void>;
}

const chunkBytes = 256 * 1024;
const newLine = 0x0a;

/** `lastLines`: so many of what is there already come first, within its last 256 KB; null for all of it. */
export function openLogTail({ place }: ExecutionLog, file: string, lastLines: number | null): LogTail {
  const freed = replaceFreedBytes();
  let log: FileHandle | null = null;
  let position = 0;
  /** By how much the file has been made shorter since the execution began. */
  let removedBytes = 0;

  const open = async (): Promise<void> => {
    log = await openUntrusted(file);
    if (log === null) return;
    removedBytes = await removedSoFar(place.control);
    if (lastLines !== null) position = await startOfLastLines(log, lastLines);
  };
  /** The new file has the end of the old one, and what the next attempt has appended. */
  async function* replacement(old: FileHandle): AsyncGenerator<Buffer> {
    const next = await openUntrusted(file);
    if (next === null) return;
    const removedNow = await removedSoFar(place.control);
    [position, removedBytes] = [Math.max(0, position - (removedNow - removedBytes)), removedNow];
    log = next;
    await old.close();
    yield* rest(next);
  }
  async function* rest(from: FileHandle): AsyncGenerator<Buffer> {
    for (;;) {
      const { bytes, end } = await readChunk(from, position);
      position = end;
      if (bytes.length === 0) break;
      yield freed.pass(bytes);
    }
    yield freed.end();
  }
  return {
    async *read() {
      if (log === null) await open();
      if (log === null) return;
      const wasReplaced = await isReplaced(log, file);
      yield* rest(log);
      if (wasReplaced) yield* replacement(log);
    },
    close: async () => await log?.close(),
  };
}

async function readChunk(log: FileHandle, position: number): Promise<{ bytes: Buffer; end: number }> {
  const { size } = await log.stat();
  const start = Math.min(position, size); // A script can make its own output shorter.
  const { buffer, bytesRead } = await log.read(Buffer.allocUnsafe(chunkBytes), 0, chunkBytes, start);
  return { bytes: buffer.subarray(0, bytesRead), end: start + bytesRead };
}

async function startOfLastLines(log: FileHandle, count: number): Promise<number> {
  const { size } = await log.stat();
  const start = Math.max(0, size - chunkBytes);
  const { buffer, bytesRead } = await log.read(Buffer.allocUnsafe(chunkBytes), 0, size - start, start);
  const bytes = buffer.subarray(0, bytesRead);
  let end = bytes.at(-1) === newLine ? bytes.length - 1 : bytes.length;
  for (let lines = 0; lines < count; lines += 1) {
    end = end <= 0 ? -1 : bytes.lastIndexOf(newLine, end - 1);
    if (end === -1) return start;
  }
  return start + end + 1;
}

async function isReplaced(log: FileHandle, file: string): Promise<boolean> {
  const [open, current] = await Promise.all([log.stat(), unlessAbsent(stat(file))]);
  return current !== null && (current.ino !== open.ino || current.dev !== open.dev);
}

const recordSchema = z.object({ removedBytes: z.number().int().default(0) });

async function removedSoFar(control: string): Promise<number> {
  const text = await unlessAbsent(readFile(join(control, 'output.json'), 'utf8'));
  return text === null ? 0 : recordSchema.parse(JSON.parse(text)).removedBytes;
}

async function unlessAbsent<T>(result: Promise<T>): Promise<T | null> {
  try {
    return await result;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
