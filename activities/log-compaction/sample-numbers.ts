import { createScannedLine, scanLine } from './scan-line.ts';

/** A free-standing number within a sample, its sign not included. */
export interface NumberSpan {
  start: number;
  end: number;
}

const margin = 16;
const newLine = 0x0a;
const line = createScannedLine();

export interface SampleNumbers {
  /** In the order of the columns of its course. */
  numbers: Float64Array;
  spans: NumberSpan[];
}

/** The numbers of a line that is given as Latin 1. */
export function readSample(sample: string): SampleNumbers {
  const bytes = Buffer.alloc(margin + sample.length + margin, newLine);
  bytes.write(sample, margin, 'latin1');
  scanLine(bytes, margin, line);
  const { numberCount, numbers, starts, ends } = line;
  const spans = Array.from({ length: numberCount }, (_, index) => ({
    start: starts[index]! - margin,
    end: ends[index]! - margin,
  }));
  return { numbers: numbers.slice(0, numberCount), spans };
}
