import type { LineGroup } from './line-group.ts';
import { readSample, type NumberSpan } from './sample-numbers.ts';

/** One column of numbers: what it is called, and whether it only says when the line was printed. */
export interface Column {
  name: string;
  /** Whether there is no word to call it by; its name is a number then. */
  isUnnamed: boolean;
  isTime: boolean;
}

/**
 * Names for the numbers of a line, by the words before them (`loss=`, `'loss':`, `val loss `, `Acc@1`), by the head of a
 * table that stood before the line, or by the unit behind them. Names are unique within the line.
 */
export function columnNames({ sample, head }: Pick<LineGroup, 'sample' | 'head'>): Column[] {
  const { spans } = readSample(sample);
  const times = timeSpans(sample);
  const isTime = spans.map((span) => times.some(({ start, end }) => span.start >= start && span.end <= end));
  const own = spans.map((span, index) =>
    isTime[index] === true ? '' : nameBefore(sample, spans, index) || unitBehind(sample, span),
  );
  const needsHead = own.filter((name) => name !== '').length * 2 <= isTime.filter((each) => !each).length;
  const heads = needsHead ? tableHeads(sample, head, spans) : null;
  const taken = new Map<string, number>();
  return own.map((ownName, index) => {
    const found = isTime[index] === true ? '' : (heads?.[index] ?? ownName);
    const name = found === '' ? `number ${index + 1}` : found;
    const earlier = taken.get(name) ?? 0;
    taken.set(name, earlier + 1);
    const unique = earlier === 0 ? name : `${name} (${earlier + 1})`;
    return { name: unique, isUnnamed: found === '', isTime: isTime[index] === true };
  });
}

const indexNames = [
  /^(?:global[ _-]?|total[ _-]?|num[ _-]?|train(?:ing)?[ _-]?)?(?:steps?|iter(?:ation)?s?|itr|updates?|timesteps?|batch(?:es)?)$/i,
  /^(?:current[ _-]?)?(?:epochs?|ep|episodes?|rounds?|generation|trial)$/i,
  /^it$|(?:^| )(?:step|iteration|iter|epoch|round|episode)$/i,
];

/** The column that tells how far the training is: a step before an epoch, `[100]` before nothing. -1 if none does. */
export function indexColumn(group: Pick<LineGroup, 'sample' | 'head'>): number {
  const names = columnNames(group).map(({ name, isTime }) => (isTime ? '' : name));
  for (const pattern of indexNames) {
    const found = names.findIndex((name) => pattern.test(name));
    if (found >= 0) return found;
  }
  return /^\s*\[\d+\]/.test(group.sample) ? 0 : -1;
}

const longestName = 40;
/** Letters of any alphabet: the bytes of UTF-8 are read as Latin 1. */
const word = String.raw`[A-Za-z_\x80-\xff][\w\x80-\xff./@%#-]*(?:'(?=[a-z])\w*)?`;
const unit = String.raw`(?: ?\([\w/ %]{1,16}\))?`;
const between = String.raw`["'\x60]?\s*(?:[:=|>([{,~]|->|is|of|at|was|\s){0,4}[("'[]*\s*[-+]?$`;
/** Up to two words, with what may stand between them and their number. */
const namePattern = new RegExp(String.raw`(?:^|[^\w.@%/\x80-\xff-])((?:${word} )?${word}${unit})${between}`);
/** All that stands between a delimiter and a colon or a blank, if it is not long. */
const labelPattern = new RegExp(String.raw`(?:^|[|,;] ?)\s*((?:${word} ){0,4}${word}${unit})\s?[:=]\s*[-+]?$`);
// oxlint-disable-next-line no-control-regex
const colours = /\x1b\[[\d;]*[A-Za-z]/g;

function nameBefore(sample: string, spans: readonly NumberSpan[], index: number): string {
  const span = spans[index]!;
  const previous = spans[index - 1];
  const gap = sample.slice(Math.max(previous?.end ?? 0, span.start - 80), span.start).replace(colours, '');
  const isGlued = previous !== undefined && /^[@_-]$/.test(sample.charAt(previous.start - 1)) && !/^\w/.test(gap);
  if (isGlued && /^["']?\s*[:=]?\s*[([]?[-+]?$/.test(gap)) return wordWithNumber(sample, previous);
  const words = gap.replace(/^[\w%]*\/s\b/, '');
  const name = (labelPattern.exec(words) ?? namePattern.exec(` ${words}`))?.[1]?.trim() ?? '';
  if (name !== '') return Buffer.from(name.slice(-longestName), 'latin1').toString('utf8');
  if (previous !== undefined && /^[^A-Za-z]{1,4}$/.test(gap)) return nameBefore(sample, spans, index - 1);
  return '';
}

/** `Acc@1`, `top-5`, `mAP@0.5`: the number is part of the name. */
function wordWithNumber(sample: string, span: NumberSpan): string {
  const before = /[A-Za-z_][\w.@-]*$/.exec(sample.slice(0, span.start))?.[0] ?? '';
  return `${before}${sample.slice(span.start, span.end)}`;
}

function unitBehind(sample: string, { end }: NumberSpan): string {
  return /^\s?([A-Za-z%][\w/%]*)(?![\w/%]|['"]?\s*[=:]|\s+[-+.\d])/.exec(sample.slice(end, end + 24))?.[1] ?? '';
}

/** The words of a line before this one, if both have as many columns, between blanks, commas or bars. */
function tableHeads(sample: string, head: string, spans: readonly NumberSpan[]): (string | undefined)[] | null {
  if (head === '' || spans.length < 3) return null;
  for (const separator of [/\s*[|│,;]\s*/, /\t+|\s{2,}/, /\s+/]) {
    const cells = cellsOf(sample, separator);
    const names = cellsOf(head, separator);
    if (cells.length < 3 || cells.length !== names.length) continue;
    if (names.some(({ text }) => !/^[A-Za-z#%(]/.test(text))) continue;
    return spans.map((span) => {
      const cell = cells.findIndex(({ start, end }) => span.start >= start && span.end <= end);
      return names[cell]?.text.slice(0, longestName);
    });
  }
  return null;
}

function cellsOf(text: string, separator: RegExp): { text: string; start: number; end: number }[] {
  const cells: { text: string; start: number; end: number }[] = [];
  let start = 0;
  for (const match of [...text.matchAll(new RegExp(separator, 'g')), null]) {
    const end = match === null ? text.length : match.index;
    if (text.slice(start, end).trim() !== '') cells.push({ text: text.slice(start, end).trim(), start, end });
    start = match === null ? end : match.index + match[0].length;
  }
  return cells;
}

const timePattern =
  /\b\d{4}[-/.]\d\d?[-/.]\d\d?(?:[T ]\d\d?:\d\d(?::\d\d)?(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?)?|\b\d{1,3}:\d\d(?::\d\d)?(?:[.,]\d+)?(?![\w:])|\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\w* \w{3} +\d+|^[IWEF]\d{4} \d\d:\d\d:\d\d\.\d+ +\d+/g;

function timeSpans(sample: string): NumberSpan[] {
  return [...sample.matchAll(timePattern)].map((match) => ({ start: match.index, end: match.index + match[0].length }));
}
