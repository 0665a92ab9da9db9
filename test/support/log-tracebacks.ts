/** One link of a chain of errors, as Python prints it. */
export interface PrintedError {
  /** Innermost last; `file:line`. */
  frames: string[];
  /** `RuntimeError: no memory` */
  ending: string;
}

export const causeSentence = 'The above exception was the direct cause of the following exception:';
export const contextSentence = 'During handling of the above exception, another exception occurred:';

/** The lines of a chain, the cause first. */
export function printedChain(errors: readonly PrintedError[], sentence = causeSentence): string[] {
  return errors.flatMap(({ frames, ending }, index) => [
    ...(index === 0 ? [] : ['', sentence, '']),
    'Traceback (most recent call last):',
    ...frames.flatMap((frame, depth) => {
      const [file, line] = frame.split(':');
      return [`  File "${file}", line ${line}, in step_${depth}`, `    result = work(batch)`];
    }),
    ...ending.split('\n'),
  ]);
}

/** The lines of an error in the script's own file. */
export function printedError(ending: string, line = 12): string[] {
  return printedChain([
    { frames: [`train.py:${line}`, '/lib/python3.12/site-packages/torch/nn/modules.py:1501'], ending },
  ]);
}

export function prefixed(lines: readonly string[], prefix: string): string[] {
  return lines.map((line) => `${prefix}${line}`);
}

/** The lines of several writers in turn, one of each. */
export function interleaved(writers: readonly (readonly string[])[]): string[] {
  const longest = Math.max(...writers.map((lines) => lines.length));
  return Array.from({ length: longest }, (_, index) =>
    writers.flatMap((lines) => lines.slice(index, index + 1)),
  ).flat();
}

/** The lines of an error with this cause. */
export function failedAfter(cause: string): string[] {
  return printedChain([
    { frames: ['data.py:7'], ending: cause },
    { frames: ['train.py:9'], ending: 'RuntimeError: stopped' },
  ]);
}
