/** What the parts of the benchmark share. */
export interface DigestBench {
  /** For logs and results; it is removed in the end. */
  folder: string;
  /** Aborted when the benchmark has to end. */
  signal: AbortSignal;
  /** What sizes are multiplied by: 1, or less for a quick look. */
  scale: number;
}

/** On stderr, for who waits. */
export function reportProgress(text: string): void {
  process.stderr.write(`${text}\n`);
}

export function megabytes(bytes: number): string {
  return bytes >= 1e6 ? `${grouped(bytes / 1e6)} MB` : `${grouped(bytes / 1e3)} KB`;
}

export function grouped(value: number): string {
  return Math.round(value).toLocaleString('en');
}
