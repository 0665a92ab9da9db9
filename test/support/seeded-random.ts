export interface SeededRandom {
  /** A whole number from 0 up to, not including, `bound`. */
  below(bound: number): number;
  pick<T>(choices: readonly T[]): T;
  shuffled<T>(items: readonly T[]): T[];
}

/** The same seed gives the same numbers, so a failure of a fuzz test can be looked at again (mulberry32). */
export function seededRandom(seed: number): SeededRandom {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (bound: number): number => Math.floor(next() * bound);
  return {
    below,
    pick<T>(choices: readonly T[]): T {
      if (choices.length === 0) throw new Error('There is nothing to pick from.');
      return choices[below(choices.length)] as T;
    },
    shuffled<T>(items: readonly T[]): T[] {
      const drawn = items.map((item) => ({ item, place: next() }));
      return drawn.toSorted((a, b) => a.place - b.place).map(({ item }) => item);
    },
  };
}
