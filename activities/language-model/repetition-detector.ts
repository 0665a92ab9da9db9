/**
 * Says when a text that arrives piece by piece has stopped saying anything new. It takes true once, and then for good.
 *
 * It looks at each run of 16 characters: how often was it there before, in the last 32,000 to 64,000 characters? The
 * text is watched twice, as it is and with each number as one digit, since `task_1` to `task_1200` says nothing new
 * either. A rule is broken when nearly all runs in a stretch (more than 95 %) are that old. Lists of a few hundred lines
 * that differ in their numbers break none, nor does text that is written down twice.
 *
 * It does not see loops in which words change, nor those longer than about 10,000 characters: the limit of tokens and
 * the longest reply end them.
 */
export function repetitionDetector(): (text: string) => boolean {
  const watches = [watchFor(exactRules), watchFor(maskedRules)] as const;
  let hasStopped = false;
  let wasDigit = false;
  return (text) => {
    for (let position = 0; position < text.length && !hasStopped; position += 1) {
      const unit = text.charCodeAt(position);
      const isDigit = unit >= zero && unit <= zero + 9;
      hasStopped = watches[0](unit);
      if (!isDigit || !wasDigit) hasStopped = watches[1](isDigit ? zero : unit) || hasStopped;
      wasDigit = isDigit;
    }
    return hasStopped;
  };
}

interface Rule {
  timesSeen: number;
  stretch: number;
}

/** The same words again: eight times is no rhetoric. */
const exactRules: Rule[] = [{ timesSeen: 8, stretch: 8_000 }];

/** Short lines by their number, long ones by their length. */
const maskedRules: Rule[] = [
  { timesSeen: 500, stretch: 4_000 },
  { timesSeen: 3, stretch: 64_000 },
];

const zero = 0x30;
const runLength = 16;
/** A run that is new takes as much back as these many old ones have added. */
const noveltyWeight = 20;
const generationLength = 32_000;
const bucketBits = 17;
/** Odd, and its powers modulo 2^32 spread well; see Knuth, The Art of Computer Programming, volume 3, section 6.4. */
const base = 0x9e3779b1;

/** Counts runs by a rolling hash in two tables, which forget in turn: the memory it takes is bounded (512 KiB). */
function watchFor(rules: Rule[]): (unit: number) => boolean {
  let current = new Uint16Array(2 ** bucketBits);
  let previous = new Uint16Array(2 ** bucketBits);
  const stretches = rules.map(() => 0);
  const nextHash = rollingHash();
  let position = 0;
  return (unit) => {
    const hash = nextHash(unit);
    position += 1;
    if (position < runLength) return false;
    if (position % generationLength === 0) {
      [current, previous] = [previous, current];
      current.fill(0);
    }
    const bucket = Math.imul(hash ^ (hash >>> 15), base) >>> (32 - bucketBits);
    const count = current[bucket] ?? 0;
    const timesSeen = count + (previous[bucket] ?? 0);
    current[bucket] = count + 1;
    let isBroken = false;
    for (const [index, rule] of rules.entries()) {
      const stretch = stretches[index] ?? 0;
      const grown = timesSeen >= rule.timesSeen ? stretch + 1 : Math.max(0, stretch - noveltyWeight);
      stretches[index] = grown;
      if (grown >= rule.stretch) isBroken = true;
    }
    return isBroken;
  };
}

/** Of the last `runLength` units (Rabin and Karp). */
function rollingHash(): (unit: number) => number {
  const units = new Uint16Array(runLength);
  let leavingFactor = 1;
  for (let power = 0; power < runLength; power += 1) leavingFactor = Math.imul(leavingFactor, base);
  let hash = 0;
  let position = 0;
  return (unit) => {
    const leaving = units[position] ?? 0;
    units[position] = unit;
    position = (position + 1) % runLength;
    hash = (Math.imul(hash, base) + unit - Math.imul(leaving, leavingFactor)) | 0;
    return hash;
  };
}
