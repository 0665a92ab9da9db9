import { readdir, readFile } from 'node:fs/promises';

/** The ids of this process's children that digest a log now. Linux alone. */
export async function childrenThatDigest(): Promise<number[]> {
  const found: number[] = [];
  for (const id of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const [stat, command] = await Promise.all(['stat', 'cmdline'].map((name) => readIfThere(`/proc/${id}/${name}`)));
    const parent = /^\d+ \(.*\) \S (\d+)/s.exec(stat ?? '')?.[1];
    if (parent === String(process.pid) && command?.includes('digest-program')) found.push(Number(id));
  }
  return found;
}

async function readIfThere(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const hasEnded = error instanceof Error && 'code' in error && ['ENOENT', 'ESRCH'].includes(String(error.code));
    if (!hasEnded) throw error;
    return '';
  }
}
