/** Numbers that depend on the seed alone. */
export interface Random {
  /** At least 0 and below 1. */
  next(): number;
  /** A whole number; both ends can come. */
  integer(from: number, to: number): number;
  /** True with this probability. */
  chance(probability: number): boolean;
  pick<T>(list: readonly T[]): T;
  /** Mean 0, standard deviation 1. */
  normal(): number;
  hexadecimal(digits: number): string;
  uuid(): string;
}

export function createRandom(seed: number): Random {
  const next = mulberry32(seed);
  const integer = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1));
  const hexadecimal = (digits: number): string => {
    let text = '';
    while (text.length < digits) text += integer(0, 0xfff_ffff).toString(16).padStart(7, '0');
    return text.slice(0, digits);
  };
  return {
    next,
    integer,
    chance: (probability) => next() < probability,
    pick: <T>(list: readonly T[]): T => {
      if (list.length === 0) throw new Error('There is nothing to pick from.');
      return list[integer(0, list.length - 1)] as T;
    },
    // Box and Muller's transform.
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    hexadecimal,
    uuid: () => [8, 4, 4, 4, 12].map((digits) => hexadecimal(digits)).join('-'),
  };
}

/** Tommy Ettinger's generator of 32 bits of state (public domain), as in bryc's `jshash`, file `PRNGs.md`. */
function mulberry32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
