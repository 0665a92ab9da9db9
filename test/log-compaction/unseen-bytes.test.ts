import assert from 'node:assert/strict';
import { endOfUnseen } from '../../activities/log-compaction/unseen-bytes.ts';
import { framed } from '../support/log-reading.ts';

const margin = 16;

/** How many bytes at the mark `^` are unseen. */
function unseenBytes(marked: string): number {
  const at = Buffer.from(marked).indexOf('^');
  return endOfUnseen(framed(Buffer.from(marked.replace('^', ''))), margin + at) - margin - at;
}

describe('bytes that tell nothing of a line', () => {
  const texts: Record<string, [marked: string, bytes: number]> = {
    'a colour': ['a ^\x1b[31mred', 5],
    'a colour with several parts': ['^\x1b[1;38;5;208mred', 13],
    'the movement of the cursor': ['^\x1b[2K\x1b[1G', 4],
    'the title of a window': ['^\x1b]0;train\x07a', 10],
    'a link': ['^\x1b]8;;http://a\x1b\\text', 15],
    'a control sequence that is cut off': ['^\x1b[12', 4],
    'an escape at the end': ['a^\x1b', 1],
    'another control character': ['a^\x07b', 1],
    'a backspace': ['a^\x08b', 1],
    'a block of a bar': ['|^█|', 3],
    'a spinner': ['^⠋ x', 3],
    'a line that is drawn': ['^─┼', 3],
    'the sign of a number': ['a ^-5', 1],
    'the plus of a number': ['(^+0.5', 1],
    'the sign of a fraction': ['=^-.5', 1],
    'the sign of an infinity': ['a ^-inf', 1],
    'a further character of a rule': ['=^=', 1],
  };
  for (const [name, [marked, bytes]] of Object.entries(texts)) {
    it(`are ${name}`, () => assert.equal(unseenBytes(marked), bytes));
  }

  const seen: Record<string, string> = {
    'a hyphen in a word': 'a^-b',
    'a hyphen in a date': '2024^-05',
    'an arrow': 'a ^→ b',
    'the first character of a rule': 'a ^=',
    'a minus before a word': 'a ^-infer',
  };
  for (const [name, marked] of Object.entries(seen)) {
    it(`are not ${name}`, () => assert.equal(unseenBytes(marked), 0));
  }

  it('never reach beyond the end of their line', () => {
    for (const text of ['\xe2', '\xe2\x96', '\x1b', '\x1b[', '\x1b[3', '\x1b]', '\x1b]0;a', '\x1b(']) {
      const bytes = framed(Buffer.from(`${text}\nabc\n`, 'latin1'));
      assert.ok(endOfUnseen(bytes, margin) <= margin + text.length, JSON.stringify(text));
    }
  });
});
