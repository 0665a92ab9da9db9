import type { InspectedLine } from './inspect-line.ts';
import type { Crowd, LineGroup } from './line-group.ts';
import type { Severity } from './severity.ts';

/** Templates of each severity; what fits none of them goes to one last crowd, in which everything varies. */
const mostCrowds = 300;
/** A sample need not be long: it stands for many lines. */
const longestCrowdSample = 300;

/** Lines that are alike, or one. */
export type CrowdedLines = Pick<LineGroup, 'sample' | 'count' | 'firstLine' | 'lastLine'>;

export type CrowdedWords = Omit<InspectedLine, 'family'>;

export interface Crowds {
  add(line: CrowdedWords, lines: CrowdedLines): void;
  all(): Crowd[];
}

/**
 * Takes the lines whose shapes there is no room for. Lines with as many words and the same first word share a template,
 * after Drain (He et al. 2017): where their words differ it has a place.
 */
export function createCrowds(): Crowds {
  const byKey = new Map<number, Crowd>();
  const rests = new Map<Severity, Crowd>();
  const counts = new Map<Severity, number>();

  function add(line: CrowdedWords, lines: CrowdedLines): void {
    const { severity } = line;
    const key = (Math.imul(line.words[line.from] ?? 0, 64) + line.wordCount * 8 + severity) | 0;
    const crowd = byKey.get(key);
    if (crowd !== undefined) return extend(crowd, line, lines);
    const count = counts.get(severity) ?? 0;
    counts.set(severity, count + 1);
    if (count < mostCrowds) {
      byKey.set(key, open(line, lines, line.words.slice(line.from, line.from + line.wordCount)));
      return;
    }
    const rest = rests.get(severity);
    if (rest === undefined) rests.set(severity, open(line, lines, new Int32Array(0)));
    else extend(rest, line, lines);
  }

  return { add, all: () => [...byKey.values(), ...rests.values()] };
}

function open({ severity }: CrowdedWords, lines: CrowdedLines, words: Int32Array): Crowd {
  const sample = lines.sample.slice(0, longestCrowdSample);
  const { count, firstLine, lastLine } = lines;
  return { severity, sample, lastSample: sample, words, count, firstLine, lastLine };
}

function extend(crowd: Crowd, line: CrowdedWords, lines: CrowdedLines): void {
  crowd.count += lines.count;
  crowd.firstLine = Math.min(crowd.firstLine, lines.firstLine);
  if (lines.lastLine > crowd.lastLine) {
    crowd.lastLine = lines.lastLine;
    crowd.lastSample = lines.sample.slice(0, longestCrowdSample);
  }
  const { words } = crowd;
  for (let index = 0; index < words.length; index += 1)
    if (words[index] !== line.words[line.from + index]) words[index] = 0;
}
