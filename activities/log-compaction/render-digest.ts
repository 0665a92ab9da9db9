import { chooseEntries, type ChosenEntry } from './choose-entries.ts';
import { chooseTail, wholeLog } from './choose-tail.ts';
import { coalesceGroups, type CoalescedGroup } from './coalesce-groups.ts';
import { courseEntry, hasMetric } from './course-entries.ts';
import type { DigestEntry, Section } from './digest-entry.ts';
import { describeLog } from './digest-header.ts';
import { crowdEntry, lineEntry } from './line-entries.ts';
import type { LogCensus } from './log-census.ts';
import { estimateTokens } from './token-estimate.ts';
import { tracebackEntry } from './traceback-entries.ts';

const headings: Record<Section, string> = {
  whole: 'All of it',
  contract: 'Reported results',
  errors: 'Tracebacks',
  messages: 'Errors and warnings',
  numbers: 'Lines with numbers that change: the first line, then each number from its first to its last value',
  lines: 'Other lines',
  tail: 'The last lines',
};
/** What an estimate of tokens may be too low by. */
const certainty = 0.97;
/** Of the budget, for the last lines. */
const tailShare = 0.12;

/** The digest of a log, in Markdown. Whatever comes from the log stands in a fence that nothing in it can close. */
export function renderDigest(census: LogCensus, tokens: number): string {
  if (census.counts.bytes === 0) return 'The log is empty: nothing was printed.\n';
  const tail = chooseTail(census, tokens * tailShare);
  const wholeInTail = new Set(tail.flatMap(({ entry, isWhole }) => (isWhole ? [entry.firstLine] : [])));
  const isInTail = ({ lines, firstLine, kind }: DigestEntry): boolean =>
    lines === 1 && wholeInTail.has(firstLine) && kind !== 'contract' && kind !== 'traceback';
  const entries = entriesOf(census).filter((entry) => !isInTail(entry));
  const whole = wholeLog(census);
  const verbatim = whole === null ? null : renderSections(describeLog(census, [], []), whole);
  let allowed = tokens;
  for (;;) {
    const chosen = chooseEntries(entries, allowed);
    const digest = renderSections(describeLog(census, entries, chosen), [...chosen, ...tail]);
    const size = estimateTokens(digest);
    if (verbatim !== null && estimateTokens(verbatim) <= size) return verbatim;
    const excess = Math.ceil(size / certainty) - tokens;
    if (excess <= 0 || chosen.length === 0) return digest;
    allowed -= Math.max(excess, 10);
  }
}

function renderSections(header: string, shown: readonly ChosenEntry[]): string {
  const sections = (Object.keys(headings) as Section[]).map((section) => renderSection(section, shown));
  return `${[header, ...sections].filter((part) => part !== '').join('\n\n')}\n`;
}

function entriesOf(census: LogCensus): DigestEntry[] {
  const { counts, groups, crowds, tracebacks } = census;
  const lastTraceback = Math.max(0, ...tracebacks.map(({ lastLine }) => lastLine));
  const lines = groups.filter(({ opensTraceback }) => !opensTraceback);
  return [
    ...tracebacks.map((traceback) => tracebackEntry(traceback, traceback.lastLine === lastTraceback)),
    ...coalesceGroups(lines, hasMetric).map((group) => groupEntry(group, counts.lines)),
    ...crowds.map(crowdEntry),
  ];
}

function groupEntry(group: CoalescedGroup, lineCount: number): DigestEntry {
  return group.course === null ? lineEntry(group, lineCount) : courseEntry(group, group.course);
}

function renderSection(section: Section, shown: readonly ChosenEntry[]): string {
  const texts = shown
    .filter(({ entry }) => entry.section === section)
    .toSorted((a, b) => a.entry.firstLine - b.entry.firstLine)
    .map(({ text }) => text);
  if (texts.length === 0) return '';
  const body = texts.join('\n');
  const fence = fenceFor(body);
  return `${headings[section]}:\n${fence}\n${body}\n${fence}`;
}

/** Longer than any run of backticks in the text. */
function fenceFor(text: string): string {
  const runs = [...text.matchAll(/`+/g)].map(([run]) => run.length + 1);
  return '`'.repeat(Math.max(3, ...runs));
}
