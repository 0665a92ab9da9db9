import type { ChosenEntry } from './choose-entries.ts';
import type { DigestEntry, EntryKind } from './digest-entry.ts';
import type { LogCensus } from './log-census.ts';
import { cutText } from './visible-text.ts';

const names: Record<EntryKind, [one: string, many: string]> = {
  contract: ['reported result', 'reported results'],
  traceback: ['kind of traceback', 'kinds of tracebacks'],
  error: ['kind of error line', 'kinds of error lines'],
  warning: ['kind of warning', 'kinds of warnings'],
  measure: ['kind of line with metrics', 'kinds of lines with metrics'],
  course: ['kind of line with other numbers', 'kinds of lines with other numbers'],
  notable: ['kind of notable line', 'kinds of notable lines'],
  frequent: ['other kind of frequent line', 'other kinds of frequent lines'],
  plain: ['other kind of line', 'other kinds of lines'],
  varied: ['template of varied lines', 'templates of varied lines'],
  tail: ['', ''],
};

/** What was read, and everything that the digest does not show, with its count. */
export function describeLog(
  census: LogCensus,
  entries: readonly DigestEntry[],
  chosen: readonly ChosenEntry[],
): string {
  const { bytes, lines } = census.counts;
  const omissions = [...omittedKinds(entries, chosen), ...hiddenNumbers(chosen), ...omittedBytes(census)];
  const left = omissions.length === 0 ? 'nothing left out' : `left out: ${omissions.join(', ')}`;
  return `Log of ${counted(bytes, 'byte')}, ${counted(lines, 'line')}; ${left}.`;
}

function omittedKinds(entries: readonly DigestEntry[], chosen: readonly ChosenEntry[]): string[] {
  const shown = new Set(chosen.map(({ entry }) => entry));
  const kinds = Object.keys(names) as EntryKind[];
  return kinds.flatMap((kind) => {
    const omitted = entries.filter((entry) => entry.kind === kind && !shown.has(entry));
    if (kind === 'tail' || omitted.length === 0) return [];
    const lines = omitted.reduce((sum, entry) => sum + entry.lines, 0);
    return [`${omitted.length} ${names[kind][omitted.length === 1 ? 0 : 1]} (${counted(lines, 'line')})`];
  });
}

function hiddenNumbers(chosen: readonly ChosenEntry[]): string[] {
  const hidden = chosen.reduce((sum, { entry, level }) => sum + (entry.hiddenNumbers?.[level] ?? 0), 0);
  return hidden === 0 ? [] : [`the course of ${counted(hidden, 'number')} in lines that are shown`];
}

function omittedBytes({ counts, otherTracebacks, groups }: LogCensus): string[] {
  const { redrawnBytes, redrawnLines, cutBytes, cutLines, zeroBytes } = counts;
  const uncounted = groups.reduce((sum, { uncountedRows }) => sum + uncountedRows, 0);
  const others = otherTracebacks.map(({ type, count }) => `${count} of ${cutText(type, 60)}`);
  return [
    ...groups.flatMap(
      ({ sample }) =>
        droppedOutput
          .exec(sample)
          ?.slice(1, 2)
          .map((what) => `${what} of output that were dropped while it ran`) ?? [],
    ),
    others.length === 0 ? '' : `tracebacks of further kinds (${others.slice(0, 8).join(', ')})`,
    redrawnBytes === 0 ? '' : `${redrawnBytes} bytes of redrawn progress in ${counted(redrawnLines, 'line')}`,
    cutBytes === 0 ? '' : `${cutBytes} bytes behind the first 64 KB of ${counted(cutLines, 'line')}`,
    uncounted === 0
      ? ''
      : `the numbers of ${counted(uncounted, 'line')} that had more or fewer of them than lines alike`,
    zeroBytes === 0 ? '' : `${zeroBytes} zero bytes`,
  ].filter((part) => part !== '');
}

/** The supervisor's receipt for what it dropped while the training ran. */
const droppedOutput = /^\[longrun: (\d+ bytes \(\d+ lines\)) of output were dropped here\]$/;

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
