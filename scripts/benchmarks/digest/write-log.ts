import { closeSync, openSync, writeSync } from 'node:fs';
import type { Fact } from './fact.ts';
import { createLogWriter, type ByteSink, type LogKind } from './log-writer.ts';
import { withIncidents } from './parts/incidents.ts';
import { createRandom } from './random.ts';

export interface LogSize {
  seed: number;
  /** About; a log ends when what belongs together is written. */
  bytes: number;
}

const incidentCount = 3;

/** A log of the kind, with a few incidents that any training can have. Returns what is to be found in it. */
export function writeLog(kind: LogKind, { seed, bytes }: LogSize, sink: ByteSink): Fact[] {
  const random = createRandom(seed);
  const log = createLogWriter(sink, bytes);
  kind.write(
    kind.isWithoutIncidents === true ? log : withIncidents(log, createRandom(seed + 1), incidentCount),
    random,
  );
  log.end();
  return log.truth.facts();
}

export function writeLogFile(kind: LogKind, size: LogSize, file: string): Fact[] {
  const descriptor = openSync(file, 'w');
  try {
    return writeLog(kind, size, (bytes) => {
      for (let written = 0; written < bytes.length;) written += writeSync(descriptor, bytes, written);
    });
  } finally {
    closeSync(descriptor);
  }
}
