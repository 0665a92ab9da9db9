import type { DigestEntry, EntryKind } from './digest-entry.ts';
import { estimateTokens } from './token-estimate.ts';

export interface ChosenEntry {
  entry: DigestEntry;
  level: number;
  text: string;
}

/** Entries of a kind are raised to a level, the weightiest first, for at most this share of the budget. */
type Step = [kind: EntryKind, level: number, share: number];

/**
 * What each kind is sure of comes first, then what is left of the budget goes to the most telling. Set by trying on
 * generated logs and on logs of public training runs, at 2,000 and at 8,000 tokens.
 */
const steps: readonly Step[] = [
  ['contract', 0, 0.4],
  ['traceback', 0, 0.15],
  ['measure', 0, 0.35],
  ['error', 0, 0.12],
  ['warning', 0, 0.13],
  ['notable', 0, 0.12],
  ['frequent', 0, 0.05],
  ['course', 0, 0.07],
  ['traceback', 1, 0.08],
  ['measure', 1, 0.12],
  ['measure', 4, 0.1],
  ['plain', 0, 0.12],
  ['varied', 0, 0.05],
  ['contract', 0, 1],
  ['traceback', 0, 1],
  ['measure', 0, 1],
  ['error', 0, 1],
  ['warning', 0, 1],
  ['notable', 0, 1],
  ['measure', 1, 1],
  ['course', 0, 1],
  ['frequent', 0, 1],
  ['plain', 0, 1],
  ['course', 1, 1],
  ['measure', 2, 1],
  ['varied', 0, 1],
  ['traceback', 1, 1],
  ['contract', 4, 0.1],
  ['error', 1, 0.1],
  ['warning', 1, 0.1],
  ['notable', 1, 0.1],
  ['course', 2, 1],
  ['measure', 3, 1],
  ['plain', 1, 1],
  ['frequent', 2, 1],
  ['traceback', 2, 0.3],
  ['course', 4, 1],
  ['measure', 5, 1],
  ['error', 4, 1],
  ['warning', 4, 1],
  ['notable', 4, 1],
  ['plain', 4, 1],
  ['traceback', 2, 1],
  ['frequent', 4, 1],
  ['course', 6, 1],
  ['varied', 1, 1],
];

/** The entries, in no order, that together take at most `tokens`. */
export function chooseEntries(entries: readonly DigestEntry[], tokens: number): ChosenEntry[] {
  const candidates = entries.map((entry) => ({ entry, level: -1, costs: entry.levels.map(() => -1) }));
  candidates.sort((a, b) => b.entry.weight - a.entry.weight);
  let left = tokens;
  for (const [kind, level, share] of steps) {
    let allowed = Math.min(left, share * tokens);
    for (const candidate of candidates) {
      const target = Math.min(level, candidate.entry.levels.length - 1);
      if (candidate.entry.kind !== kind || candidate.level >= target) continue;
      if (candidate.level < 0 && level > 0 && !isCourse(kind)) continue;
      const cost = costOf(candidate, target) - costOf(candidate, candidate.level);
      if (cost > allowed) continue;
      candidate.level = target;
      allowed -= cost;
      left -= cost;
    }
  }
  return candidates.flatMap(({ entry, level }) => {
    const text = entry.levels[level];
    return text === undefined ? [] : [{ entry, level, text }];
  });
}

/** Its lower levels are worth little: a higher one may come first. */
function isCourse(kind: EntryKind): boolean {
  return kind === 'course' || kind === 'measure';
}

interface Candidate {
  entry: DigestEntry;
  level: number;
  costs: number[];
}

function costOf({ entry, costs }: Candidate, level: number): number {
  const text = entry.levels[level];
  if (text === undefined) return 0;
  if (costs[level] === -1) costs[level] = estimateTokens(text) + 1;
  return costs[level] ?? 0;
}
