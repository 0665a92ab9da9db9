import type { Random } from '../random.ts';

const starts = [
  'ba',
  'co',
  'di',
  'fe',
  'gu',
  'ha',
  'jo',
  'ki',
  'lu',
  'me',
  'no',
  'pa',
  'qui',
  'ro',
  'sa',
  'te',
  'vo',
  'wi',
];
const ends = ['ber', 'dan', 'fel', 'gor', 'kin', 'lem', 'mar', 'nix', 'per', 'ros', 'sol', 'tum', 'vik', 'zen'];

/** So many words that no two of them are the same; none of them means anything. */
export function createWords(count: number, random: Random): string[] {
  const words = new Set<string>();
  while (words.size < count)
    words.add(
      `${random.pick(starts)}${random.pick(starts)}${random.pick(ends)}${random.chance(0.3) ? random.pick(ends) : ''}`,
    );
  return [...words];
}
