import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const recordSchema = z.object({
  headBytes: z.number().int().nullable(),
  holeStart: z.number().int(),
  holeEnd: z.number().int(),
  droppedBytes: z.number().int(),
  droppedLines: z.number().int(),
  receiptedBytes: z.number().int().default(0),
  metrics: z.record(z.string(), z.string()),
});

/** The middle of the output that the supervisor has freed, with the receipt that a finished log has in its place. */
export interface OutputHole {
  start: number;
  end: number;
  receipt: string;
}

/**
 * What of an execution's output is gone so far; null where nothing is, and once the log is finished: then the receipt
 * stands in its text. `activities/python/supervisor/output_keeper.py` describes the record.
 */
export async function outputHole(control: string): Promise<OutputHole | null> {
  const text = await readIfPresent(join(control, 'output.json'));
  if (text === null) return null;
  const { headBytes, holeEnd, droppedBytes, droppedLines, receiptedBytes, metrics, ...record } = recordSchema.parse(
    JSON.parse(text),
  );
  if (record.holeStart >= holeEnd) return null;
  // The receipt of an earlier attempt stands behind the head, and the new one counts its bytes, too.
  const start = receiptedBytes > 0 && headBytes !== null ? headBytes : record.holeStart;
  const lines = [
    `[longrun: ${droppedBytes} bytes (${droppedLines} lines) of output were dropped here]`,
    ...Object.entries(metrics).map(([name, value]) => `METRIC ${name}=${value}`),
  ];
  return { start, end: holeEnd, receipt: `${lines.join('\n')}\n` };
}

async function readIfPresent(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
