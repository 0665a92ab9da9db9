import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { megabytes, reportProgress, type DigestBench } from './bench.ts';
import { cutEnd } from './cut-to-tokens.ts';
import type { Fact } from './fact.ts';
import { allKinds } from './kinds/all-kinds.ts';
import { longrunDigest } from './longrun-digest.ts';
import { listTemplates } from './methods/drain.ts';
import { exactRepeats } from './methods/exact-repeats.ts';
import { headAndTail } from './methods/head-and-tail.ts';
import { runMeasured } from './run-measured.ts';
import { scoreDigest, type Score } from './score-digest.ts';
import { writeLogFile } from './write-log.ts';

export const budgets = [8_000, 2_000] as const;
export const longrunMethod = 'longrun digest';

export interface CountedLog {
  kind: string;
  file: string;
  bytes: number;
  facts: Fact[];
}

/** One log by one method at one budget. */
export interface Result {
  log: CountedLog;
  method: string;
  tokens: number;
  text: string;
  score: Score;
}

type Method = readonly [name: string, digest: (log: CountedLog, tokens: number) => string | Promise<string>];

/** All kinds of logs in both sizes, by every method at every budget. The logs are in the bench's folder. */
export async function countKeptFacts(bench: DigestBench): Promise<Result[]> {
  const logs = await writeLogs(bench);
  reportProgress(`${logs.length} logs: Drain3`);
  const { lists } = await listTemplates(
    logs.map(({ file }) => file),
    bench,
  );
  const templates = new Map(logs.map((log, index) => [log, lists[index] ?? '']));
  const methods: Method[] = [
    [longrunMethod, async ({ file }, tokens) => (await runMeasured(longrunDigest(file, tokens), bench.signal)).output],
    ['head and tail', ({ file }, tokens) => headAndTail(file, tokens)],
    ['exact repeats', ({ file }, tokens) => exactRepeats(file, tokens)],
    ['Drain3', (log, tokens) => cutEnd(templates.get(log) ?? '', tokens)],
  ];
  const results: Result[] = [];
  for (const [method, digest] of methods) {
    reportProgress(`${logs.length} logs: ${method}`);
    for (const log of logs) {
      bench.signal.throwIfAborted();
      const texts = await Promise.all(budgets.map(async (tokens) => await digest(log, tokens)));
      for (const [index, tokens] of budgets.entries()) {
        const text = texts[index] ?? '';
        results.push({ log, method, tokens, text, score: scoreDigest(log.facts, text) });
      }
    }
  }
  return results;
}

const smallBytes = 5e4;
const largeBytes = 5e6;

async function writeLogs({ folder, scale }: DigestBench): Promise<CountedLog[]> {
  const logs: CountedLog[] = [];
  for (const [index, kind] of allKinds.entries()) {
    for (const [size, bytes] of [smallBytes, largeBytes * scale].entries()) {
      const file = join(folder, `${index}-${size}.log`);
      const facts = writeLogFile(kind, { seed: 1000 + 10 * index + 4 * size, bytes }, file);
      logs.push({ kind: kind.name, file, bytes: (await stat(file)).size, facts });
    }
  }
  reportProgress(
    `${logs.length} logs of ${allKinds.length} kinds, ${megabytes(logs.reduce((sum, { bytes }) => sum + bytes, 0))}`,
  );
  return logs;
}
