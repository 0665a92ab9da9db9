import assert from 'node:assert/strict';
import { readNumber } from '../../activities/log-compaction/read-number.ts';
import { framed } from '../support/log-reading.ts';
import { seededRandom, type SeededRandom } from '../support/seeded-random.ts';

const margin = 16;

/** Reads the first number of the text; `rest` is what stands behind it. */
function read(text: string): { value: number; rest: string } {
  const bytes = framed(Buffer.from(text));
  const value = new Float64Array(1);
  const end = readNumber(bytes, margin + text.search(/\d/), value);
  return { value: value[0]!, rest: bytes.toString('latin1', end, margin + text.length) };
}

/** So many digits around an e are a hash, not a number. */
const isIdentifier = /^[-+]?\d{4,15}e\d{3,}$/;

describe('a number in a line', () => {
  const numbers: Record<string, [value: number, rest: string]> = {
    '0': [0, ''],
    '007': [7, ''],
    '12 of 20': [12, ' of 20'],
    '0.5': [0.5, ''],
    '.5': [0.5, ''],
    '-.5': [-0.5, ''],
    '-12': [-12, ''],
    '+12': [12, ''],
    '3.': [3, '.'],
    '3.14.': [3.14, '.'],
    '1e-05': [1e-5, ''],
    '1E+05': [1e5, ''],
    '2.5e3x': [2.5, 'e3x'],
    '2e': [2, 'e'],
    '2e-': [2, 'e-'],
    '2epochs': [2, 'epochs'],
    '1,234,567': [1_234_567, ''],
    '1,234.5': [1_234.5, ''],
    '-1,234': [-1_234, ''],
    '12,34': [12, ',34'],
    '1, 234': [1, ', 234'],
    '1234,567': [1_234, ',567'],
    '1,2345': [1, ',2345'],
    '2024-05-01': [2024, '-05-01'],
    'a-5': [5, ''],
    '(-5)': [-5, ')'],
    '=-5': [-5, ''],
    '--5': [-5, ''],
    '45%': [45, '%'],
    '1e400': [Infinity, ''],
    '1e-400': [0, ''],
    '123456789012345678901234567890': [1.2345678901234568e29, ''],
    '0.1234567890123456789': [0.12345678901234568, ''],
    '9007199254740993': [9_007_199_254_740_992, ''],
    '1.7976931348623157e308': [1.7976931348623157e308, ''],
    '5e-324': [5e-324, ''],
    '393383e245': [393_383, 'e245'],
  };
  for (const [text, [value, rest]] of Object.entries(numbers)) {
    it(`${text} is ${value}`, () => assert.deepEqual(read(text), { value, rest }));
  }

  it('has the value that the language gives it, however it is spelled', () => {
    const random = seededRandom(3);
    for (let round = 0; round < 20_000; round += 1) {
      const text = spelled(random);
      if (isIdentifier.test(text)) continue;
      assert.deepEqual(read(` ${text} `), { value: Number(text), rest: ' ' }, text);
    }
  });

  it('with thousands has the value that it has without', () => {
    const random = seededRandom(4);
    for (let round = 0; round < 2_000; round += 1) {
      const number = random.below(2 ** 31) / random.pick([1, 1, 4, 1_000]);
      const text = number.toLocaleString('en-US', { maximumFractionDigits: 3 });
      assert.equal(read(text).value, Number(text.replaceAll(',', '')), text);
    }
  });
});

/** A number as programs print them: few digits or many, with a point, a sign, an exponent or none. */
function spelled(random: SeededRandom): string {
  const digits = (most: number): string =>
    Array.from({ length: 1 + random.below(most) }, () => String(random.below(10))).join('');
  const whole = digits(random.pick([1, 3, 8, 25]));
  const decimals = `.${digits(random.pick([1, 4, 17, 30]))}`;
  const mantissa = random.pick([whole, `${whole}${decimals}`, decimals]);
  const exponent = `${random.pick(['e', 'E'])}${random.pick(['', '-', '+'])}${digits(random.pick([1, 2, 3]))}`;
  return `${random.pick(['', '', '-', '+'])}${mantissa}${random.pick(['', '', exponent])}`;
}
