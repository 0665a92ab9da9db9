import { StringDecoder } from 'node:string_decoder';
import { stripVTControlCharacters } from 'node:util';

/** The lines of a log that grows, as a person would see them: of what was drawn over, the last state alone. */
export interface LogLines {
  /** The lines that these bytes complete. */
  feed(bytes: Buffer): string[];
  /** The unfinished line as it looks now. */
  readonly unfinished: string;
  /** Completes the unfinished line; none where there is none. */
  end(): string[];
}

const mostCharacters = 16 * 1024;

export function logLines(): LogLines {
  const decoder = new StringDecoder('utf8');
  let pending = '';
  let omitted = 0;

  /** Bounded, whatever a script prints without an end of line. */
  const append = (text: string): void => {
    const state = lastState(text);
    if (state.length < text.length) omitted = 0;
    const joined = state.length < text.length ? state : lastState(pending + text);
    omitted += Math.max(0, joined.length - mostCharacters);
    pending = joined.slice(0, mostCharacters);
  };
  const complete = (): string => {
    const receipt = omitted > 0 ? ` [longrun: ${omitted} more characters]` : '';
    const line = `${visible(pending)}${receipt}`;
    [pending, omitted] = ['', 0];
    return line;
  };
  return {
    feed(bytes) {
      const pieces = decoder.write(bytes).split('\n');
      const last = pieces.pop() ?? '';
      const lines = pieces.map((piece) => {
        append(piece);
        return complete();
      });
      append(last);
      return lines;
    },
    get unfinished() {
      return visible(pending);
    },
    end: () => (pending === '' ? [] : [complete()]),
  };
}

/**
 * What stands after the last carriage return that something follows: one at the end may belong to the end of the line,
 * or wait for the next state.
 */
function lastState(text: string): string {
  const shown = text.replace(/\r+$/, '');
  return text.slice(shown.lastIndexOf('\r') + 1);
}

/** A log is data: it may not move the cursor of whoever reads it, nor set the title of a window. */
function visible(text: string): string {
  return stripVTControlCharacters(text).replace(/[^\P{Cc}\t]/gu, '');
}
