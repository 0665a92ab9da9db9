import { factClasses, type Fact, type FactClass, type MetricFact } from './fact.ts';
import { readOmissions } from './omissions.ts';

/** What became of the facts of a log. Every fact is in one of the three. */
export interface Score {
  kept: Fact[];
  /** Not there, but the digest's head says that something of its class is not, and how much. */
  reported: Fact[];
  silent: Fact[];
}

/** Relative. */
const tolerance = 1e-6;
/** How far above its values the heads of a table may stand. */
const headDistance = 6;

/** Where a phrase stands in the digest does not matter, nor do colours and the width of gaps. */
export function scoreDigest(facts: readonly Fact[], digest: string): Score {
  const lines = digest.split('\n').map((line) => plainText(line));
  const numbers = new Map<number, number[]>();
  const isThere = (fact: Fact): boolean => isKept(fact, { lines, text: lines.join('\n'), numbers });
  const kept = facts.filter(isThere);
  const lost = facts.filter((fact) => !kept.includes(fact));
  const omissions = readOmissions(digest);
  const reported = factClasses.flatMap((each) => ofClass(lost, each).slice(0, omissions.limit(each)));
  return { kept, reported, silent: lost.filter((fact) => !reported.includes(fact)) };
}

export function ofClass(facts: readonly Fact[], factClass: FactClass): Fact[] {
  return facts.filter((fact) => fact.class === factClass);
}

interface Digest {
  lines: readonly string[];
  text: string;
  /** Those of the lines that were asked for before. */
  numbers: Map<number, number[]>;
}

function isKept(fact: Fact, digest: Digest): boolean {
  switch (fact.class) {
    case 'location':
      return isLocationKept(fact, digest);
    case 'count':
      return digest.lines.some(
        (line, index) => line.includes(plainText(fact.phrase)) && numbersOf(digest, index).includes(fact.count),
      );
    case 'metric':
      return isMetricKept(fact, digest);
    case 'exception':
    case 'warning':
    case 'needle':
      return digest.text.includes(plainText(fact.phrase));
  }
}

/** The file's name, whatever its folder, and after it on the same line the number. */
function isLocationKept({ file, line: number }: { file: string; line: number }, { lines }: Digest): boolean {
  const name = file.slice(file.lastIndexOf('/') + 1);
  return lines.some((line) => {
    const at = line.indexOf(name);
    return at >= 0 && new RegExp(`(?<!\\d)${number}(?![\\d.])`).test(line.slice(at + name.length));
  });
}

function isMetricKept({ name, value, isColumn }: MetricFact, digest: Digest): boolean {
  const word = new RegExp(`(?<![A-Za-z0-9_])${escape(plainText(name))}(?![A-Za-z0-9_])`);
  const named = digest.lines.map((line) => word.test(line));
  return digest.lines.some((_, index) => {
    const isNamed =
      named[index] === true || (isColumn && named.slice(Math.max(0, index - headDistance), index).includes(true));
    return isNamed && numbersOf(digest, index).some((number) => isEqual(number, value));
  });
}

function isEqual(number: number, value: number): boolean {
  if (!Number.isFinite(value)) return Object.is(number, value);
  return Math.abs(number - value) <= tolerance * Math.abs(value);
}

function numbersOf({ lines, numbers }: Digest, index: number): number[] {
  const known = numbers.get(index) ?? readNumbers(lines[index] ?? '');
  numbers.set(index, known);
  return known;
}

const plainNumber = /(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/g;
const groupedNumber = /\d{1,3}(?:,\d{3})+(?:\.\d+)?/g;
const notFinite = /(?<![A-Za-z])(-?)(nan|inf)(?:inity)?(?![A-Za-z])/gi;

/** Every number of a line in each way that it can be read: `1,234` as one or two, `5-7` as a range or as minus seven. */
function readNumbers(line: string): number[] {
  const found: number[] = [];
  for (const match of [...line.matchAll(plainNumber), ...line.matchAll(groupedNumber)]) {
    const value = Number(match[0].replaceAll(',', ''));
    const before = line.slice(Math.max(0, match.index - 2), match.index);
    const isSigned = /[-−]$/.test(before);
    if (isSigned) found.push(-value);
    if (!isSigned || /[\w.)][-−]$/.test(before)) found.push(value);
  }
  for (const [, sign, word] of line.matchAll(notFinite)) {
    if (word?.toLowerCase() === 'nan') found.push(Number.NaN);
    else found.push(sign === '-' ? -Infinity : Infinity);
  }
  return found;
}

// oxlint-disable-next-line no-control-regex
const colours = /\u001b\[[0-9;]*[A-Za-z]/g;

function plainText(text: string): string {
  return text.replaceAll(colours, '').replaceAll(/\s+/g, ' ').trim();
}

function escape(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
