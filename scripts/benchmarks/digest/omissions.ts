import type { FactClass } from './fact.ts';

/** What a digest says of itself that it left out. */
export interface Omissions {
  /** How many lost facts of this class that accounts for. */
  limit(factClass: FactClass): number;
}

/**
 * Reads what follows `left out` in the first paragraph: counts with a word for what they count, such as `12 errors (345
 * lines), 7 warnings`. An exception and its place are accounted for by errors, a warning by warnings, both up to the
 * largest count that is named for them. Any count that is not 0 accounts for the rest: one kind of line that is left out
 * can hold any number of values.
 */
export function readOmissions(digest: string): Omissions {
  const head = digest.trimStart().split(/\n\s*\n/, 1)[0] ?? '';
  const items = [...head.matchAll(/left out:?([^.]*(?:\.\d[^.]*)*)/gi)].flatMap(([, text = '']) => readItems(text));
  const largest = (word: RegExp): number =>
    Math.max(0, ...items.filter(({ text }) => word.test(text)).map(({ count }) => count));
  const rest = items.some(({ count }) => count > 0) ? Infinity : 0;
  return {
    limit(factClass) {
      if (factClass === 'exception' || factClass === 'location') return largest(/error|exception|traceback/i);
      return factClass === 'warning' ? largest(/warning/i) : rest;
    },
  };
}

interface Item {
  text: string;
  /** The largest number in it: lines, where kinds and lines are both counted. */
  count: number;
}

function readItems(text: string): Item[] {
  return text.split(/[;\n]|,\s|\band\b/).map((item) => {
    const counts = [...item.matchAll(/\d[\d,]*/g)].map(([digits]) => Number(digits.replaceAll(',', '')));
    return { text: item, count: Math.max(0, ...counts) };
  });
}
