import type { ChosenEntry } from './choose-entries.ts';
import { createLineReader } from './line-reader.ts';
import type { LogCensus } from './log-census.ts';
import { estimateTokens } from './token-estimate.ts';
import { cutText, plainText, visibleText } from './visible-text.ts';

const mostLines = 25;
const mostCharacters = 500;

export interface TailLine extends ChosenEntry {
  isWhole: boolean;
}

/** The last lines as they are, without a gap: the last one always, further ones as long as there are tokens. */
export function chooseTail(census: LogCensus, tokens: number): TailLine[] {
  let left = tokens;
  const chosen: TailLine[] = [];
  for (const { text, number } of lastLines(census, mostLines)) {
    const plain = plainText(text).trimEnd();
    const shown = `${number}: ${cutText(plain, mostCharacters)}`;
    left -= estimateTokens(shown) + 1;
    if (left < 0 && chosen.length > 0) break;
    const entry = { section: 'tail', kind: 'tail', lines: 1, firstLine: number, weight: 0 } as const;
    chosen.push({
      entry: { ...entry, levels: [shown] },
      level: 0,
      text: shown,
      isWhole: plain.length <= mostCharacters,
    });
  }
  return chosen;
}

/** All of it, where the log is short enough to be known as it was; null otherwise. */
export function wholeLog(census: LogCensus): ChosenEntry[] | null {
  if (census.tail.length < census.counts.bytes) return null;
  return lastLines(census, Infinity).map(({ text, number }) => {
    const shown = `${number}: ${visibleText(text)}`;
    const entry = { section: 'whole', kind: 'tail', lines: 1, firstLine: number, weight: 0 } as const;
    return { entry: { ...entry, levels: [shown] }, level: 0, text: shown };
  });
}

/** The newest first. */
function lastLines({ tail, counts }: LogCensus, most: number): { text: string; number: number }[] {
  const lines: { text: string; fromEnd: number }[] = [];
  const reader = createLineReader((line, bytes, lineNumber) => {
    lines.push({ text: bytes.toString('latin1', line.start, line.end), fromEnd: lineNumber });
  });
  reader.write(tail);
  reader.end();
  const isWhole = tail.length >= counts.bytes;
  const complete = isWhole ? lines : lines.slice(1);
  const shown = (complete.length === 0 ? lines : complete).slice(-most).toReversed();
  return shown.map(({ text, fromEnd }) => ({ text, number: counts.lines - (reader.counts.lines - fromEnd) }));
}
