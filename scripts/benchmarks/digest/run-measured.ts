import { spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { peakMemoryBytes } from '../resource-use.ts';

export interface MeasuredRun {
  output: string;
  /** From its start to its end. */
  seconds: number;
  /** The largest resident set that one of its processes had. */
  largestBytes: number;
  /** The sum of those of all its processes; what they share is counted for each. */
  allBytes: number;
}

const sampleMilliseconds = 10;

/** Runs a program to its end. Throws when it fails, with what it wrote on stderr, or is ended by the signal. Linux only. */
export async function runMeasured(
  [command, ...rest]: readonly [string, ...string[]],
  signal: AbortSignal,
): Promise<MeasuredRun> {
  const startedAt = performance.now();
  const child = spawn(command, rest, { stdio: ['ignore', 'pipe', 'pipe'], signal });
  const output: Buffer[] = [];
  const errors: Buffer[] = [];
  child.stdout.on('data', (piece: Buffer) => output.push(piece));
  child.stderr.on('data', (piece: Buffer) => errors.push(piece));
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const sampling = samplePeaks(child.pid, ended);
  const status = await ended;
  const seconds = (performance.now() - startedAt) / 1000;
  if (status !== 0) {
    const said = Buffer.concat(errors).toString('utf8').trim().slice(-2000);
    throw new Error(`\`${[command, ...rest].join(' ')}\` ended with status ${status}: ${said}`);
  }
  return { output: Buffer.concat(output).toString('utf8'), seconds, ...(await sampling) };
}

/** The peak only grows, so that what the last sample misses is what grew in the last hundredth of a second. */
async function samplePeaks(
  root: number | undefined,
  ended: Promise<unknown>,
): Promise<Pick<MeasuredRun, 'largestBytes' | 'allBytes'>> {
  const peaks = new Map<number, number>();
  const over = ended.then(
    () => true,
    () => true,
  );
  for (
    let isOver = root === undefined;
    !isOver;
    isOver = await Promise.race([over, delay(sampleMilliseconds, false)])
  ) {
    for (const pid of await processTree(root as number)) {
      const peak = await peakMemoryBytes(pid);
      if (peak !== null) peaks.set(pid, peak);
    }
  }
  return {
    largestBytes: Math.max(0, ...peaks.values()),
    allBytes: [...peaks.values()].reduce((sum, peak) => sum + peak, 0),
  };
}

/** The process and all its descendants that are there now. */
async function processTree(pid: number): Promise<number[]> {
  const children = (await childrenOf(pid)).map(async (child) => await processTree(child));
  return [pid, ...(await Promise.all(children)).flat()];
}

async function childrenOf(pid: number): Promise<number[]> {
  const threads = (await unlessGone(readdir(`/proc/${pid}/task`))) ?? [];
  const lists = threads.map(
    async (thread) => await unlessGone(readFile(`/proc/${pid}/task/${thread}/children`, 'utf8')),
  );
  return (await Promise.all(lists)).flatMap((list) => (list ?? '').trim().split(' ').filter(Boolean)).map(Number);
}

/** Processes end while they are looked at; and a kernel can be without lists of children. */
async function unlessGone<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ESRCH') return null;
    throw error;
  }
}
