import type { LogWriter } from '../log-writer.ts';
import type { Random } from '../random.ts';
import { missingFile, missingKey, shapeMismatch } from './failures.ts';
import { pickProgram } from './programs.ts';
import { writeTraceback } from './traceback.ts';

/*
 * What comes between once, from libraries, drivers and other threads, in any training at any time. It stands in the
 * middle of the log, where neither its head nor its tail shows it.
 */

type Incident = (log: LogWriter, random: Random) => void;

function needle(text: (random: Random) => string): Incident {
  return (log, random) => log.line(log.truth.needle(text(random)));
}

function warning(text: (random: Random) => string): Incident {
  return (log, random) => log.line(log.truth.warning(text(random)));
}

const incidents: readonly Incident[] = [
  needle(
    (random) =>
      `Corrupt JPEG data: ${random.integer(2, 900)} extraneous bytes before marker 0xd${random.integer(0, 9)}`,
  ),
  needle((random) => `wandb: Network error (ReadTimeout), entering retry loop. run ${random.hexadecimal(8)}`),
  needle(
    (random) =>
      `NVRM: Xid (PCI:0000:${random.hexadecimal(2)}:00): 79, pid=${random.integer(1000, 9999)}, GPU has fallen off the bus.`,
  ),
  needle(
    (random) => `nan detected in gradient of blocks.${random.integer(0, 40)}.mlp.fc2.weight, this step was skipped`,
  ),
  needle((random) => `Received SIGUSR1, writing checkpoint preempt_${random.hexadecimal(6)}.pt before requeue`),
  needle((random) => `shard ${random.integer(100, 999)} has a wrong checksum, read again from the mirror`),
  needle(
    (random) =>
      `loss spike of ${(3 + 5 * random.next()).toFixed(2)} sigma: rolled back to step ${random.integer(1000, 99999)}`,
  ),
  needle((random) => `unfreezing encoder from layer ${random.integer(2, 22)} on`),
  needle(
    (random) =>
      `learning rate was lowered by hand to ${random.integer(1, 9)}e-0${random.integer(5, 7)} through control file`,
  ),
  needle((random) => `best model so far saved to /ckpt/best_${random.hexadecimal(8)}.safetensors`),
  needle((random) => `elastic agent: membership changed, world size is now ${random.integer(9, 63)}`),
  warning((random) => `WARNING: GPU ${random.integer(0, 7)} runs at 9${random.integer(0, 5)} C, clocks are throttled`),
  warning(
    (random) => `WARNING: only ${random.integer(10, 900)} MB are left on /scratch, older checkpoints will be removed`,
  ),
  warning((random) => `libpng warning: iCCP: known incorrect sRGB profile in ${random.hexadecimal(6)}.png`),
  warning((random) => `WARNING: validation set shares ${random.integer(3, 900)} documents with the training set`),
  threadException,
  ignoredException,
];

function threadException(log: LogWriter, random: Random): void {
  log.line(`Exception in thread Thread-${random.integer(2, 40)} (_prefetch_loop):`);
  writeTraceback(log, random.pick([missingFile, missingKey])(random, pickProgram(random, 'prefetch.py')));
}

function ignoredException(log: LogWriter, random: Random): void {
  log.line(`Exception ignored in: <function Cache.__del__ at 0x7f${random.hexadecimal(10)}>`);
  writeTraceback(log, random.pick([shapeMismatch, missingKey])(random, pickProgram(random, 'cache.py')));
}

/**
 * The same log with so many incidents, spread over its middle. They come only between lines that do not belong together:
 * not within a traceback, a table or an indented block, nor behind a bar.
 */
export function withIncidents(log: LogWriter, random: Random, count: number): LogWriter {
  const pool = [...incidents];
  const pending = Array.from({ length: count }, (_, index) => ({
    at: 0.12 + (0.7 * (index + random.next())) / count,
    write: pool.splice(random.integer(0, pool.length - 1), 1)[0] as Incident,
  }));
  let previous = '';
  const put = (text: string): void => {
    const next = pending[0];
    if (next !== undefined && log.progress() >= next.at && mayComeBetween(previous, text)) {
      pending.shift();
      const end = previous.endsWith('\r\n') ? '\r\n' : '\n';
      next.write({ ...log, line: (line) => log.write(`${line.replaceAll('\n', end)}${end}`) }, random);
    }
    log.write(text);
    previous = text.slice(-400);
  };
  return { ...log, write: put, line: (text) => put(`${text}\n`) };
}

const joined = /^\s*$|^ {2}|^[\t|+│❱]|^-{5}|Traceback|File "|^={5}/;

function mayComeBetween(previous: string, next: string): boolean {
  if (!previous.endsWith('\n')) return false;
  if (next.startsWith('\n')) return true;
  const last = previous.slice(previous.lastIndexOf('\n', previous.length - 2) + 1);
  return !joined.test(last.trimEnd()) && !joined.test(next.replace(/^\r/, ''));
}
