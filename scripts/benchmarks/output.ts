import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { readExit } from '../../activities/adapters/supervised-process.ts';
import { printLine } from '../print.ts';
import { UserError } from '../user-error.ts';
import { allocatedBytes, peakMemoryBytes } from './resource-use.ts';
import { runBenchmark } from './run-benchmark.ts';
import { withTrainingBench, type BenchedTrial } from './training-bench.ts';
import { trainingProcesses } from './training-processes.ts';

/*
 * What a training that prints without end costs its host: `npm run benchmark:output [GIGABYTES]`, 10 where none are
 * given. Units are decimal. Disk and memory are sampled, the latter as the peak that Linux keeps of a process.
 */

/** By turns a line of a megabyte, and a megabyte of short lines in pieces of 64 KB, as a buffered print writes them. */
function printingScript(bytes: number): string {
  return `
import os, time, longrun
long_line = b"x" * (2**20 - 1) + b"\\n"
short_lines = b"epoch 1 batch 12 loss 0.123456 accuracy 0.654321 rate 0.001 ok.\\n" * 2**10
printed, step, logged_at = 0, 0, time.monotonic()
while printed < (2**20 if longrun.rehearsal else ${bytes}) and not longrun.should_stop():
    printed += os.write(1, long_line)
    for _ in range(16):
        printed += os.write(1, short_lines)
    step += 1
    if time.monotonic() - logged_at > 5:
        logged_at = time.monotonic()
        longrun.log(step, printed=printed)
longrun.finish(printed_bytes=os.fstat(1).st_size)
`;
}

async function main(): Promise<void> {
  const gigabytes = Number(process.argv[2] ?? 10);
  if (!(gigabytes > 0)) throw new UserError('Say how many gigabytes are to be printed: a number above 0.', 2);
  const training = {
    script: printingScript(gigabytes * 1e9),
    metric: { name: 'printed_bytes', direction: 'maximize' } as const,
    deadlineSeconds: 24 * 3600,
  };
  await withTrainingBench(training, async (bench) => {
    const worker = await bench.startGpuWorker();
    const trial = await bench.startTrial();
    const use = await sampleToEnd(trial, worker.pid);
    const { outcome } = await trial.handle.result();
    const exit = await readExit(trial.control);
    if (outcome.kind !== 'completed' || exit === null) throw new Error(`The trial failed: ${JSON.stringify(outcome)}`);
    const log = await readFile(bench.published('log.txt'), 'latin1');
    report({
      printedBytes: outcome.values[0] ?? 0,
      seconds: exit.seconds,
      droppedBytes: exit.droppedOutputBytes,
      log,
      use,
    });
  });
}

interface ResourceUse {
  largestControlBytes: number;
  finalControlBytes: number;
  supervisorBytes: number;
  /** Peaks of the process at three moments: each contains the one before. */
  watcherBytes: { atStart: number; untilExit: number; untilPublished: number };
}

const sampleMilliseconds = 100;

/** Until the trial has ended, its log published and compacted. */
async function sampleToEnd({ handle, control }: BenchedTrial, watcherPid: number): Promise<ResourceUse> {
  const { supervisorPid } = await trainingProcesses(control);
  const atStart = (await peakMemoryBytes(watcherPid)) ?? 0;
  const use = { largestControlBytes: 0, finalControlBytes: 0, supervisorBytes: 0 };
  const watcherBytes = { atStart, untilExit: atStart, untilPublished: atStart };
  let hasEnded = false;
  const end = (): void => void (hasEnded = true);
  handle.result().then(end, end);
  for (;;) {
    const isLast = hasEnded;
    use.finalControlBytes = await allocatedBytes(control);
    use.largestControlBytes = Math.max(use.largestControlBytes, use.finalControlBytes);
    use.supervisorBytes = (await peakMemoryBytes(supervisorPid)) ?? use.supervisorBytes;
    watcherBytes.untilPublished = (await peakMemoryBytes(watcherPid)) ?? watcherBytes.untilPublished;
    if ((await readExit(control)) === null) watcherBytes.untilExit = watcherBytes.untilPublished;
    if (isLast) return { ...use, watcherBytes };
    await delay(sampleMilliseconds);
  }
}

interface Measurements {
  /** By the script's own account, but for its last line. */
  printedBytes: number;
  seconds: number;
  droppedBytes: number;
  log: string;
  use: ResourceUse;
}

function report({ printedBytes, seconds, droppedBytes, log, use }: Measurements): void {
  const marker = /^\[longrun: \d+ bytes \(\d+ lines\) of output were dropped here\]\n/m.exec(log)?.[0] ?? '';
  const lastLine = log.slice(log.lastIndexOf('\n', log.length - 2) + 1);
  const lostBytes = printedBytes + lastLine.length - droppedBytes - (log.length - marker.length);
  const { atStart, untilExit, untilPublished } = use.watcherBytes;
  printLine(`printed: ${printedBytes} bytes in ${seconds.toFixed(1)} s, ${megabytes(printedBytes / seconds)} a second`);
  printLine(
    `control folder: at most ${megabytes(use.largestControlBytes)} of disk, ${megabytes(use.finalControlBytes)} at the end`,
  );
  printLine(`published log: ${log.length} bytes, ${marker === '' ? 'nothing was dropped' : `with ${marker.trim()}`}`);
  printLine(`neither published nor counted as dropped: ${lostBytes} bytes`);
  printLine(`peak memory of the supervisor: ${megabytes(use.supervisorBytes)}`);
  printLine(
    `peak memory of the gpu worker: ${megabytes(atStart)} before the training, ${megabytes(untilExit)} until its end, ` +
      `${megabytes(untilPublished)} with its log published and compacted`,
  );
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

await runBenchmark(main);
