import { cutMiddle } from '../cut-to-tokens.ts';
import { visibleLines } from './visible-lines.ts';

/** A token of a log has fewer characters on average, so that more are never needed of either end. */
const charactersPerToken = 12;

/** Equal lines after one another become one with their count; of what is left, both ends are kept as far as they fit. */
export function exactRepeats(file: string, tokens: number): string {
  const longest = tokens * charactersPerToken;
  const ends = createEnds(longest);
  let previous: string | undefined;
  let count = 0;
  const flush = (): void => {
    if (previous !== undefined) ends.add(count === 1 ? `${previous}\n` : `${previous} [${count} times]\n`);
  };
  for (const line of visibleLines(file)) {
    if (line === previous) {
      count += 1;
      continue;
    }
    flush();
    [previous, count] = [line, 1];
  }
  flush();
  return cutMiddle(ends.take(), tokens);
}

/** The first and the last characters of a text that comes in pieces. */
function createEnds(longest: number): {
  add(text: string): void;
  take(): { head: string; tail: string; skipped: number };
} {
  let head = '';
  let tail = '';
  let skipped = 0;
  const shorten = (length: number): void => {
    skipped += Math.max(0, tail.length - length);
    tail = tail.slice(-length);
  };
  return {
    add(text) {
      const room = longest - head.length;
      head += text.slice(0, Math.max(0, room));
      tail += text.slice(Math.max(0, room));
      if (tail.length > 16 * longest) shorten(longest);
    },
    take() {
      shorten(longest);
      return { head, tail, skipped };
    },
  };
}
