import assert from 'node:assert/strict';
import { cutText, visibleText } from '../../activities/log-compaction/visible-text.ts';

const shown = (text: string): string => visibleText(Buffer.from(text).toString('latin1'));

describe('what a person would read of a line', () => {
  const lines: Record<string, [line: string, visible: string]> = {
    'plain text': ['step 10: loss 2.5', 'step 10: loss 2.5'],
    'letters of every language': ['Größe 完成 ✓ 😀', 'Größe 完成 ✓ 😀'],
    'no colours': ['\x1b[1;31mred\x1b[0m text', 'red text'],
    'no titles of windows': ['\x1b]0;title\x07text', 'text'],
    'no control characters': ['a\x07b\x01c\x7fd', 'abcd'],
    'no glyphs of bars': ['45%|████▌     | 45/100', '45%| | 45/100'],
    'short runs of blanks': ['a      b', 'a b'],
    'blanks for tabs': ['a\tb', 'a b'],
    'short rules': ['===================', '==='],
    'its indentation': ['    return x', '    return x'],
  };
  for (const [name, [line, visible]] of Object.entries(lines)) {
    it(`has ${name}`, () => assert.equal(shown(line), visible));
  }

  it('has no end of a character that was cut', () => {
    const cut = Buffer.from('aß').subarray(0, 2).toString('latin1');
    assert.equal(visibleText(cut), 'a');
  });

  it('is one line, whatever its bytes are', () => {
    for (let byte = 0; byte < 256; byte += 1)
      assert.doesNotMatch(visibleText(`a${String.fromCharCode(byte)}b é`), /[\n\r\v\f]/, `byte ${byte}`);
  });
});

describe('a text that is cut', () => {
  it('says how much is gone', () => assert.equal(cutText('abcdefgh', 5), 'abcde [+3 characters]'));

  it('stays as it is where it fits', () => assert.equal(cutText('abcde', 5), 'abcde'));

  it('is not cut inside of a character', () => {
    for (const most of [5, 6, 7, 8]) assert.doesNotMatch(cutText('😀'.repeat(9), most), /\p{Surrogate}/u);
  });
});
