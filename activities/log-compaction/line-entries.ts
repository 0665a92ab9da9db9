import type { CoalescedGroup } from './coalesce-groups.ts';
import type { DigestEntry, EntryKind, Section } from './digest-entry.ts';
import type { Crowd, LineGroup } from './line-group.ts';
import { severity, type Severity } from './severity.ts';
import { cutText, visibleText } from './visible-text.ts';

const nearLines = 100;
const fewestFrequent = 8;
const mostMembers = 24;
const lengths = [240, 600, 2_000];

/** A shape without numbers, or one that occurred once: its line, with how often and where. */
export function lineEntry(group: CoalescedGroup, lineCount: number): DigestEntry {
  const text = describeSample(group);
  const place = describePlace(group);
  const isFrequent = group.severity === severity.plain && group.count >= fewestFrequent;
  const kind = isFrequent ? 'frequent' : kindOf(group.severity);
  const levels = levelsOf(text, isFrequent ? [100, ...lengths] : lengths, place);
  return {
    section: sectionOf(kind),
    kind,
    lines: group.count,
    firstLine: group.firstLine,
    weight: isFrequent ? Math.log2(group.count) : weightOf(group, lineCount),
    levels: [...levels, ...describeMembers(group)],
  };
}

/** Rare lines before frequent ones; the end, a value and the beginning tell more, code less. */
function weightOf({ sample, count, firstLine, lastLine, numberCount }: CoalescedGroup, lineCount: number): number {
  const rarity = 1 / Math.log2(count + 1);
  const position = lastLine > lineCount - nearLines ? 0.4 : firstLine <= nearLines ? 0.1 : 0;
  const value = numberCount > 0 || /[A-Za-z]\s*[:=]\s*\S/.test(sample) ? 0.2 : 0;
  const code = /^ {4}|^ *File "/.test(sample) ? 0.5 : 0;
  return rarity + position + value - code;
}

export function describeSample({ sample, cutBytes }: Pick<LineGroup, 'sample' | 'cutBytes'>): string {
  return visibleText(sample).trimStart() + (cutBytes > 0 ? ` [+${cutBytes} bytes]` : '');
}

/** The lines of a family, the first with their count and the others below it, where each occurred once. */
export function describeMembers(group: CoalescedGroup): string[] {
  const { members } = group;
  if (members.length === 0 || members.length > mostMembers || members.some(({ count }) => count > 1)) return [];
  const [first, ...others] = members.toSorted((a, b) => a.firstLine - b.firstLine);
  if (first === undefined) return [];
  const below = others.map((member) => `  ${describePlace(member)} ${describeSample(member)}`);
  return [[`${describePlace(group)} ${describeSample(first)}`, ...below].join('\n')];
}

/** Lines that had no shape of their own: the template, with its first and its last line. */
export function crowdEntry(crowd: Crowd): DigestEntry {
  const template = templateOf(crowd);
  const last = visibleText(crowd.lastSample).trimStart();
  const place = describePlace(crowd);
  const severe = crowd.severity >= severity.warning;
  const short = `${place} ${cutText(template, 200)}`;
  return {
    section: severe ? 'messages' : 'lines',
    kind: severe ? kindOf(crowd.severity) : 'varied',
    lines: crowd.count,
    firstLine: crowd.firstLine,
    weight: severe ? 0.1 : Math.log2(crowd.count + 1),
    levels: [short, `${short} (the last: ${cutText(last, 200)})`],
  };
}

/** `120:` for one line, `120-990 x45:` for several. */
export function describePlace({
  count,
  firstLine,
  lastLine,
}: Pick<LineGroup, 'count' | 'firstLine' | 'lastLine'>): string {
  return count === 1 ? `${firstLine}:` : `${firstLine}-${lastLine} x${count}:`;
}

export function kindOf(value: Severity): EntryKind {
  const kinds: Record<Severity, EntryKind> = { 0: 'plain', 1: 'notable', 2: 'warning', 3: 'error', 4: 'contract' };
  return kinds[value];
}

function sectionOf(kind: EntryKind): Section {
  if (kind === 'contract') return 'contract';
  return kind === 'warning' || kind === 'error' ? 'messages' : 'lines';
}

function levelsOf(text: string, mostCharacters: readonly number[], place: string): string[] {
  const needed = mostCharacters.findIndex((most) => text.length <= most * 1.15);
  const used = needed < 0 ? mostCharacters : mostCharacters.slice(0, needed + 1);
  return used.map((most, index) => `${place} ${index === needed ? text : cutText(text, most)}`);
}

/** Words that vary are shown as the places that they are. */
function templateOf({ sample, words }: Crowd): string {
  const texts = visibleText(sample).trim().split(/\s+/);
  if (words.length === 0) return `lines of many shapes, the first: ${texts.join(' ')}`;
  return texts.map((text, index) => (words[Math.min(index, words.length - 1)] === 0 ? '<*>' : text)).join(' ');
}
