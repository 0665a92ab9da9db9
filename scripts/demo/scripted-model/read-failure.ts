/** What is known of a failed execution: a sentence of Longrun's, and what the end of the output gives away. */
export interface Failure {
  /** "its rehearsal crashed with exit status 1" */
  headline: string;
  /** "IndexError: shape mismatch: ..." */
  error: string | null;
  /** Where the script itself was, not a library that it called. */
  place: { line: number; functionName: string | null } | null;
}

/** Reads a headline with the output's end below it. A traceback from another language leaves `error` null. */
export function readFailure(text: string): Failure {
  const [headline = ''] = text.trim().split('\n');
  const errors = [...text.matchAll(/^[A-Za-z_][\w.]*(?:Error|Exception|Exit|Interrupt|Warning)(?::.*)?$/gm)];
  const frames = [...text.matchAll(/^ +File "([^"\n]+)", line (\d+)(?:, in (\S+))?/gm)];
  const [, , line, functionName] = frames.findLast(([, file = '']) => file.endsWith('train.py')) ?? [];
  return {
    headline: headline.trim().replace(/\.$/, ''),
    error: errors.at(-1)?.[0].trim() ?? null,
    place: line === undefined ? null : { line: Number(line), functionName: functionName ?? null },
  };
}

/** "`IndexError: ...`, raised at line 39 of `train.py`, in `gradients`", or the headline where there is no traceback. */
export function describeCause({ headline, error, place }: Failure): string {
  if (error === null) return headline;
  if (place === null) return `\`${error}\``;
  const inside =
    place.functionName === null || place.functionName === '<module>' ? '' : `, in \`${place.functionName}\``;
  return `\`${error}\`, raised at line ${place.line} of \`train.py\`${inside}`;
}
