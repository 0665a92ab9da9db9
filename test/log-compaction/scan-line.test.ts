import assert from 'node:assert/strict';
import { createScannedLine, mostNumbers, scanLine } from '../../activities/log-compaction/scan-line.ts';
import { framed, scanned } from '../support/log-reading.ts';
import { seededRandom, type SeededRandom } from '../support/seeded-random.ts';

const margin = 16;

function shapeOf(text: string): string {
  const { hash, check } = scanned(text);
  return `${hash} ${check}`;
}

describe('the shape of a line', () => {
  const alike: Record<string, string[]> = {
    numbers: ['step 1 loss 2.5', 'step 20000 loss 1e-05', 'step 3 loss nan', 'step 4 loss -inf', 'step 5 loss -.5'],
    'numbers with thousands': ['1,234,567 tokens', '12 tokens'],
    'their signs': ['lr: -0.5', 'lr: 0.5', 'lr: +0.5'],
    'hashes of commits': ['at 396b6f5', 'at 0212bc8', 'at 396b6f5e1d2c3b4a5f6e7d8c9b0a1f2e3d4c5b6a'],
    addresses: ['<obj at 0x7f3a2c10>', '<obj at 0x55deadbeef>'],
    UUIDs: ['GPU-1b2c3d4e-0f1a-4b2c-8d3e-4f5a6b7c8d9e up', 'GPU-9f8e7d6c-0a1b-4c2d-9e3f-5a6b7c8d9e0f up'],
    blanks: ['a  b', 'a b', ' a\tb '],
    colours: ['\x1b[32mINFO\x1b[0m done', 'INFO done', '\x1b[1;38;5;208mINFO\x1b[m done'],
    'titles and links of terminals': ['\x1b]0;title\x07done', '\x1b]8;;http://x\x1b\\done', 'done'],
    'the length of a bar': ['| 10%|#         |', '| 90%|#########|'],
    'the glyphs of a bar': ['10%|█         | x', '95%|█████████▌| x', '0%|          | x'],
    spinners: ['⠋ loading', '⠙ loading', '⠹ loading'],
    'the length of a rule': ['=====', '================', '='],
    'the digits at the end of a word': ['save checkpoint_1000', 'save checkpoint_25000'],
  };
  for (const [name, lines] of Object.entries(alike)) {
    it(`does not depend on ${name}`, () => {
      for (const line of lines) assert.equal(shapeOf(line), shapeOf(lines[0]!), JSON.stringify(line));
    });
  }

  const different: Record<string, [string, string]> = {
    words: ['train loss 1', 'valid loss 1'],
    'the order of words': ['loss of train', 'train of loss'],
    'the order of like words': ['ab ba', 'ba ab'],
    punctuation: ['loss: 1', 'loss= 1'],
    'a small number within a word': ['conv1 frozen', 'conv2 frozen'],
    'a number where none was': ['epoch done', 'epoch 1 done'],
    'whether a word is a number': ['loss nan', 'loss none'],
    'upper and lower case': ['Loss 1', 'loss 1'],
    'letters that are not ASCII': ['größe', 'große'],
  };
  for (const [name, [one, other]] of Object.entries(different)) {
    it(`depends on ${name}`, () => assert.notEqual(shapeOf(one), shapeOf(other)));
  }

  it('is the same whatever the numbers are, in many lines', () => {
    const random = seededRandom(11);
    for (let round = 0; round < 2_000; round += 1) {
      const parts = Array.from({ length: 1 + random.below(12) }, () => random.pick(partsOfLines));
      const one = writeLine(parts, random);
      const other = writeLine(parts, random);
      assert.equal(shapeOf(one.text), shapeOf(other.text), JSON.stringify([one.text, other.text]));
      assert.deepEqual(scanned(one.text).values, one.numbers, one.text);
    }
  });

  it('differs for all lines of different words but nan and inf', () => {
    const shapes = new Set<string>();
    const letters = 'abcdefghijklmnopqrstuvwxyz';
    for (let index = 0; index < 26 ** 3; index += 1) {
      const word = [index % 26, Math.floor(index / 26) % 26, Math.floor(index / 676)].map((at) => letters.charAt(at));
      shapes.add(shapeOf(`module ${word.join('')} loaded`));
    }
    assert.equal(shapes.size, 26 ** 3 - 1);
  });
});

describe('the numbers of a line', () => {
  const lines: Record<string, number[]> = {
    'step 100: train loss 2.3145, val loss 2.5': [100, 2.3145, 2.5],
    'lr=1e-05 wd=-0.1': [1e-5, -0.1],
    '{"loss": NaN, "grad": -inf, "b": Inf}': [NaN, -Infinity, Infinity],
    '[1, 2, -3]': [1, 2, -3],
    'a 45% b 3.2GB c 12it/s': [45, 3.2, 12],
    'info nano inform nan_count': [],
    'conv2d resnet50 layer12.weight': [],
    '1,234,567 parameters': [1_234_567],
    'acc@1 71.5': [1, 71.5],
  };
  for (const [line, numbers] of Object.entries(lines)) {
    it(`are ${numbers.length === 0 ? 'none' : numbers.join(' ')} in ${line}`, () =>
      assert.deepEqual(scanned(line).values, numbers));
  }

  for (const [spelling, value] of [
    ['nan', NaN],
    ['NaN', NaN],
    ['NAN', NaN],
    ['inf', Infinity],
    ['-Inf', -Infinity],
    ['Infinity', Infinity],
    ['-Infinity', -Infinity],
    ['-infinity', -Infinity],
  ] as const) {
    it(`take ${spelling} for a value`, () => assert.deepEqual(scanned(`{"loss": ${spelling}}`).values, [value]));
  }

  it('are found where they stand', () => {
    assert.deepEqual(scanned('loss -2.5e-3 at 1,000 (nan)').spans, ['2.5e-3', '1,000', 'nan']);
  });

  it('are followed up to a limit, and the line is still scanned to its end', () => {
    const long = Array.from({ length: 3 * mostNumbers }, (_, index) => `${index}`).join(' ');
    const { numberCount, values, end, hash } = scanned(`${long} end`);
    assert.deepEqual([numberCount, values[0], values[mostNumbers - 1]], [mostNumbers, 0, mostNumbers - 1]);
    assert.equal(end, long.length + 4);
    assert.notEqual(hash, scanned(`${long} other`).hash);
  });
});

describe('the text of a line', () => {
  const lines: Record<string, [bytes: string, text: string]> = {
    'all of it': ['epoch 1', 'epoch 1'],
    'what a terminal still shows behind a carriage return': ['10%\r20%\r30%', '30%'],
    'the last redraw where nothing follows it': ['10%\r20%\r', '20%'],
    'not the line end of Windows': ['epoch 1\r', 'epoch 1'],
    'the last redraw where several carriage returns end it': ['10%\r20%\r\r\r', '20%'],
  };
  for (const [name, [bytes, text]] of Object.entries(lines)) {
    it(`is ${name}`, () => assert.equal(scanned(bytes).text, text));
  }

  it('has the numbers of its last redraw only', () => {
    assert.deepEqual(scanned('1 2 3\r4 5').values, [4, 5]);
    assert.equal(shapeOf('loading\r10% loss 1'), shapeOf('10% loss 1'));
  });

  for (const [name, line] of Object.entries({ nothing: '', blanks: ' \t ', colours: '\x1b[0m', 'a bar': '████' })) {
    it(`is blank where it is ${name}`, () => assert.equal(scanned(line).isBlank, true));
  }

  it('is not blank where it is a rule', () => assert.equal(scanned('-----').isBlank, false));

  it('ends at its line feed, whatever its bytes are', () => {
    const random = seededRandom(5);
    const line = createScannedLine();
    for (let round = 0; round < 20_000; round += 1) {
      const bytes = framed(Buffer.from(Array.from({ length: 1 + random.below(12) }, () => random.pick(oddBytes))));
      const end = bytes.indexOf(0x0a, margin);
      assert.equal(scanLine(bytes, margin, line), end, bytes.toString('hex'));
      assert.ok(line.start >= margin && line.start <= line.end && line.end <= end, bytes.toString('hex'));
    }
  });

  it('ends at its line feed behind a character that was cut', () => {
    const bytes = framed(Buffer.from([0x61, 0xe2, 0x96, 0x0a, 0x62, 0x0a]));
    assert.equal(scanLine(bytes, margin, createScannedLine()), margin + 3);
  });
});

const oddBytes = [
  0, 7, 8, 9, 10, 13, 27, 27, 32, 43, 44, 45, 46, 48, 53, 57, 61, 69, 91, 92, 93, 97, 101, 102, 105, 110, 120, 127, 136,
  148, 150, 160, 195, 226, 226, 240, 255,
];

const partsOfLines = ['number', 'number', 'loss', 'epoch', '=', ':', '[x]', '/', '(ok)', 'größe', 'conv2d'];

/** Words and numbers with blanks between them; a number is spelled anew each time. */
function writeLine(parts: readonly string[], random: SeededRandom): { text: string; numbers: number[] } {
  const numbers: number[] = [];
  const texts = parts.map((part) => {
    if (part !== 'number') return part;
    const spelling = random.pick([
      'nan',
      '-inf',
      `${random.below(1e6)}`,
      `-${random.below(100)}.5`,
      '3.25e-07',
      '.125',
    ]);
    numbers.push(Number(spelling === 'nan' ? NaN : spelling.replace('inf', 'Infinity')));
    return spelling;
  });
  return { text: texts.join(' '), numbers };
}
