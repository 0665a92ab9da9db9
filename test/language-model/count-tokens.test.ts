import assert from 'node:assert/strict';
import { countTokens } from '../../activities/language-model/count-tokens.ts';
import { seededRandom } from '../support/seeded-random.ts';

describe('the tokens of a text', () => {
  const exact: [text: string, tokens: number][] = [
    ['', 0],
    ['hello world', 2],
    ['import numpy as np\n', 5],
  ];
  for (const [text, tokens] of exact) {
    it(`are ${tokens} of ${JSON.stringify(text)}`, () => assert.equal(countTokens(text), tokens));
  }

  it('are counted of texts that look like the marks of a model', () => {
    assert.ok(countTokens('<|endoftext|><|im_start|>') > 2);
  });

  // An exact count of any of these takes minutes.
  const long: [what: string, text: string][] = [
    ['a letter', 'a'.repeat(900_000)],
    ['blanks', ' '.repeat(900_000)],
    ['line breaks', '\n'.repeat(900_000)],
    ['base64', Buffer.alloc(600_000, 'some bytes').toString('base64')],
    ['Chinese', '界'.repeat(300_000)],
    ['ten million characters', 'step 1 loss 0.5\n'.repeat(700_000)],
  ];
  for (const [what, text] of long) {
    it(`are counted of a long run of ${what}`, () => {
      const tokens = countTokens(text);
      assert.ok(tokens > text.length / 150 && tokens <= text.length * 2, `${tokens} tokens`);
    }).timeout(15_000);
  }

  // The tokenizer's own cache, once it is full, makes each of them take ten times longer than the first.
  it('are counted of one text after another in which nothing comes twice', () => {
    const random = seededRandom(1);
    for (let round = 0; round < 4; round += 1) {
      const units = Uint16Array.from({ length: 400_000 }, () => 0xa1 + random.below(0xff));
      const tokens = countTokens(Buffer.from(units.buffer).toString('utf16le'));
      assert.ok(tokens > 300_000 && tokens < 800_000, `${tokens} tokens`);
    }
  }).timeout(30_000);

  it('are extrapolated of a very long text, within a twentieth', () => {
    const line = 'step 1 loss 0.5\n';
    const tokens = countTokens(line.repeat(700_000));
    assert.ok(Math.abs(tokens / (countTokens(line.repeat(1_000)) * 700) - 1) < 0.05, `${tokens} tokens`);
  });
});
