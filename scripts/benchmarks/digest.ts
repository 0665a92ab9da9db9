import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { printLine } from '../print.ts';
import { stopSignal } from '../stop-signal.ts';
import { UserError } from '../user-error.ts';
import { createCleaning, type Cleaning } from './cleaning.ts';
import type { DigestBench } from './digest/bench.ts';
import { countKeptFacts } from './digest/kept-facts.ts';
import { printByClass, printByKind, printSilent } from './digest/print-kept-facts.ts';
import { measureWorstCases } from './digest/worst-cases.ts';
import { runBenchmark } from './run-benchmark.ts';

/*
 * What the compaction of logs keeps, and at what cost: `npm run benchmark:digest [-- --quick]`, the latter with large logs
 * of a tenth of the size. Logs are generated here, each by a generator that says what is to be found in it; a fact that
 * the digest does not have is either reported by its head as left out, or silently lost. The same is asked of what people
 * use today: both ends of the log, exact repeats folded, and the template miner Drain3 (on logs of 20 MB where others
 * read 100 MB or 1 GB). Lines of exact repeats and of Drain3 are what a terminal shows in the end.
 */

async function main(): Promise<void> {
  const [option, ...more] = process.argv.slice(2);
  if ((option !== undefined && option !== '--quick') || more.length > 0) {
    throw new UserError('Say `--quick` for smaller logs, or nothing.', 2);
  }
  const cleaning = createCleaning();
  const interrupted = stopSignal().then(() => Promise.reject(new UserError('Interrupted.')));
  const measuring = measure(option === '--quick' ? 0.1 : 1, cleaning);
  try {
    await Promise.race([interrupted, measuring]);
  } finally {
    await cleaning.run();
    await Promise.allSettled([measuring]);
  }
}

async function measure(scale: number, cleaning: Cleaning): Promise<void> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'longrun-benchmark-')));
  cleaning.defer(() => rm(folder, { recursive: true, force: true }));
  const ending = new AbortController();
  cleaning.defer(async () => ending.abort());
  const bench: DigestBench = { folder, signal: ending.signal, scale };
  const startedAt = performance.now();
  await measureWorstCases(bench);
  const results = await countKeptFacts(bench);
  printByClass(results);
  await printByKind(results);
  printSilent(results);
  printLine(`\n${((performance.now() - startedAt) / 60_000).toFixed(1)} minutes`);
}

await runBenchmark(main);
