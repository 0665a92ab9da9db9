import type { LogWriter } from '../log-writer.ts';
import type { Truth } from '../truth.ts';

export interface Frame {
  file: string;
  line: number;
  name: string;
  code: string;
}

export interface Raised {
  /** With its module, as Python prints it. */
  type: string;
  /** Of one or several lines; may be empty. */
  message: string;
  /** Outermost first. */
  frames: readonly Frame[];
}

const headings = {
  cause: 'The above exception was the direct cause of the following exception:',
  context: 'During handling of the above exception, another exception occurred:',
};

/** As Python prints an exception that ends a program. What it was raised from comes first. */
export function writeTraceback(
  log: LogWriter,
  raised: Raised,
  earlier?: { relation: 'cause' | 'context'; raised: Raised },
): void {
  if (earlier !== undefined) {
    writeTraceback(log, earlier.raised);
    log.line('');
    log.line(headings[earlier.relation]);
    log.line('');
  }
  log.line('Traceback (most recent call last):');
  for (const { file, line, name, code } of raised.frames) {
    log.line(`  File "${file}", line ${line}, in ${name}`);
    if (code !== '') log.line(`    ${code}`);
  }
  log.line(raised.message === '' ? raised.type : `${raised.type}: ${raised.message}`);
  noteRaised(log.truth, raised);
}

/** For programs that print an exception in a form of their own. */
export function noteRaised(truth: Truth, { type, message, frames }: Raised): void {
  truth.exception(exceptionPhrase(type, message));
  const own = frames.findLast(({ file }) => !isLibrary(file));
  if (own !== undefined) truth.location(own.file, own.line);
}

const longestPhrase = 100;

/** Type and message, of a long one its beginning. */
export function exceptionPhrase(type: string, message: string): string {
  const firstLine = message.split('\n', 1)[0] ?? '';
  return (firstLine === '' ? type : `${type}: ${firstLine}`).slice(0, longestPhrase).trimEnd();
}

function isLibrary(file: string): boolean {
  return /\/(site|dist)-packages\/|\/lib\/python3|^</.test(file);
}
