import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** The largest resident set that the process has had (`VmHWM` of proc(5)); null when it is gone. Linux only. */
export async function peakMemoryBytes(pid: number): Promise<number | null> {
  return await memoryBytes(pid, 'VmHWM');
}

/** Its resident set now (`VmRSS`). */
export async function residentMemoryBytes(pid: number): Promise<number | null> {
  return await memoryBytes(pid, 'VmRSS');
}

async function memoryBytes(pid: number, field: 'VmHWM' | 'VmRSS'): Promise<number | null> {
  const status = await unlessGone(readFile(`/proc/${pid}/status`, 'utf8'));
  const kilobytes = new RegExp(`^${field}:\\s*(\\d+) kB$`, 'm').exec(status ?? '')?.[1];
  return kilobytes === undefined ? null : Number(kilobytes) * 1024;
}

/** What the files of a folder take of the disk, as `du` counts: holes take nothing. Folders below are not counted. */
export async function allocatedBytes(folder: string): Promise<number> {
  const names = await readdir(folder);
  const sizes = await Promise.all(names.map((name) => unlessGone(stat(join(folder, name)))));
  return sizes.reduce((sum, file) => sum + (file?.blocks ?? 0) * blockBytes, 0);
}

/** The unit of `st_blocks`, whatever the file system's own is. */
const blockBytes = 512;

/** Processes and temporary files come and go while they are looked at. */
async function unlessGone<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ESRCH') return null;
    throw error;
  }
}
