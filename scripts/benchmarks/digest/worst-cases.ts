import { createReadStream } from 'node:fs';
import { rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { countTokens } from '../../../activities/language-model/count-tokens.ts';
import { printLine } from '../../print.ts';
import { grouped, megabytes, reportProgress, type DigestBench } from './bench.ts';
import { cutEnd } from './cut-to-tokens.ts';
import type { Fact } from './fact.ts';
import { allHardLogs } from './hard-logs/all-hard-logs.ts';
import type { LogKind } from './log-writer.ts';
import { longrunDigest } from './longrun-digest.ts';
import { listTemplates } from './methods/drain.ts';
import { runMeasured, type MeasuredRun } from './run-measured.ts';
import { scoreDigest } from './score-digest.ts';
import { formatTable } from './table.ts';
import { writeLogFile } from './write-log.ts';

const tokens = 8_000;
/** Drain3 is too slow for the whole. */
const sampleBytes = 2e7;

const heads = ['log', 'method', 'size', 's', 'MB/s', 'peak MB', 'all MB', 'tokens', 'kept', 'reported', 'silent'];

/** Speed, memory and facts on logs of up to 1 GB; every method in a process of its own, its start included. */
export async function measureWorstCases(bench: DigestBench): Promise<void> {
  const rows: string[][] = [];
  const start = await measureStart(bench);
  for (const [index, { kind, bytes }] of allHardLogs.entries()) {
    const log = await prepare(kind, { bytes: bytes * bench.scale, seed: 500 + index }, bench);
    for (const method of [longrun, headAndTail, exactRepeats]) {
      reportProgress(`${kind.name}: ${method.name}`);
      rows.push(describe(log, method.name, await runMeasured(method.command(log.file), bench.signal)));
    }
    await rm(log.file);
    const sample = await prepare(kind, { bytes: sampleBytes * bench.scale, seed: 600 + index }, bench);
    reportProgress(`${kind.name}: Drain3`);
    const { lists, run } = await listTemplates([sample.file], bench);
    rows.push(describe(sample, 'Drain3', { ...run, output: cutEnd(lists[0] ?? '', tokens) }));
    await rm(sample.file);
  }
  printLine(`Speed, memory and facts of large logs at ${grouped(tokens)} tokens`);
  printLine('(files are in the page cache; peak is of the largest process, all is the sum of all of the run;');
  printLine(`\`longrun digest\` of one line takes ${start.toFixed(2)} s, which is in every figure)\n`);
  printLine(formatTable(heads, rows));
}

interface Method {
  name: string;
  command: (file: string) => [string, ...string[]];
}

const plainMethod = fileURLToPath(new URL('plain-method-process.ts', import.meta.url));

const longrun: Method = {
  name: 'longrun digest',
  command: (file) => longrunDigest(file, tokens),
};
const headAndTail = plain('head and tail', 'head-and-tail');
const exactRepeats = plain('exact repeats', 'exact-repeats');

function plain(name: string, method: string): Method {
  return {
    name,
    command: (file) => [process.execPath, '--import', 'tsx', plainMethod, method, file, String(tokens)],
  };
}

async function measureStart({ folder, signal }: DigestBench): Promise<number> {
  const file = join(folder, 'short.log');
  await writeFile(file, 'epoch 1 loss 0.5\n');
  await runMeasured(longrun.command(file), signal);
  return (await runMeasured(longrun.command(file), signal)).seconds;
}

interface HardLog {
  kind: LogKind;
  file: string;
  bytes: number;
  facts: Fact[];
}

/** Writes the log and reads it once. */
async function prepare(
  kind: LogKind,
  size: { bytes: number; seed: number },
  { folder, signal }: DigestBench,
): Promise<HardLog> {
  reportProgress(`${kind.name}: writing ${megabytes(size.bytes)}`);
  const file = join(folder, 'large.log');
  const facts = writeLogFile(kind, size, file);
  for await (const _ of createReadStream(file, { highWaterMark: 1 << 20, signal }));
  return { kind, file, bytes: (await stat(file)).size, facts };
}

function describe(
  { kind, bytes, facts }: HardLog,
  method: string,
  { output, seconds, largestBytes, allBytes }: MeasuredRun,
): string[] {
  const { kept, reported, silent } = scoreDigest(facts, output);
  return [
    kind.name,
    method,
    megabytes(bytes),
    seconds.toFixed(2),
    grouped(bytes / 1e6 / seconds),
    grouped(largestBytes / 1e6),
    grouped(allBytes / 1e6),
    grouped(countTokens(output)),
    ...[kept, reported, silent].map(({ length }) => String(length)),
  ];
}
