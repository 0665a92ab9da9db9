import type { LogKind } from '../log-writer.ts';
import { distinctLines } from './distinct-lines.ts';
import { idsInEveryLine } from './ids-in-every-line.ts';
import { oneLine } from './one-line.ts';
import { repetitive } from './repetitive.ts';
import { variedTracebacks } from './varied-tracebacks.ts';

/** A long log as most are, and what is hard for a program that reads logs. */
export const allHardLogs: readonly { kind: LogKind; bytes: number }[] = [
  { kind: repetitive, bytes: 1e9 },
  { kind: distinctLines, bytes: 1e8 },
  { kind: idsInEveryLine, bytes: 1e8 },
  { kind: variedTracebacks, bytes: 1e8 },
  { kind: oneLine, bytes: 1e8 },
];
