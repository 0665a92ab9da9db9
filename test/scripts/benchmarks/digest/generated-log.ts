import type { Fact } from '../../../../scripts/benchmarks/digest/fact.ts';
import type { LogKind } from '../../../../scripts/benchmarks/digest/log-writer.ts';
import { writeLog, type LogSize } from '../../../../scripts/benchmarks/digest/write-log.ts';

/** A log in memory, with what its generator says of it. */
export function generateLog(kind: LogKind, size: LogSize): { text: string; facts: Fact[] } {
  const pieces: Buffer[] = [];
  const facts = writeLog(kind, size, (piece) => void pieces.push(piece));
  return { text: Buffer.concat(pieces).toString('utf8'), facts };
}
