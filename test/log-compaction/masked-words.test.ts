import assert from 'node:assert/strict';
import {
  endOfIdentifier,
  isDigitOfWord,
  isNotFinite,
  notFinite,
} from '../../activities/log-compaction/masked-words.ts';
import { framed } from '../support/log-reading.ts';

const margin = 16;

/** The id that begins at the mark `^`; empty if none does. */
function identifierIn(marked: string): string {
  const at = marked.indexOf('^');
  const text = marked.replace('^', '');
  const end = endOfIdentifier(framed(Buffer.from(text)), margin + at);
  return end === 0 ? '' : text.slice(at, end - margin);
}

describe('an id', () => {
  const identifiers: Record<string, string> = {
    'commit ^396b6f5 of': '396b6f5',
    'id=^a1b2c3d4e5f6,': 'a1b2c3d4e5f6',
    'at ^0x7f3a2c10>': '0x7f3a2c10',
    'at ^0xff': '0xff',
    'GPU-^1b2c3d4e-0f1a-4b2c-8d3e-4f5a6b7c8d9e (': '1b2c3d4e-0f1a-4b2c-8d3e-4f5a6b7c8d9e',
  };
  for (const [text, identifier] of Object.entries(identifiers)) {
    it(`is ${identifier} in ${text}`, () => assert.equal(identifierIn(text), identifier));
  }

  const others: Record<string, string> = {
    'a number': 'step ^12345678 ',
    'a word of such letters': 'a ^defaced one',
    'too short': 'at ^a1b2c3 ',
    'within a word': 'x^a1b2c3d4',
    'the beginning of a longer word': '^a1b2c3d4xyz',
    'a prefix without digits behind it': '^0x ',
  };
  for (const [name, text] of Object.entries(others)) {
    it(`is none where it is ${name}`, () => assert.equal(identifierIn(text), ''));
  }
});

describe('a digit behind a letter', () => {
  const digits: Record<string, boolean> = {
    conv2d: true,
    layer12: true,
    'layer123 ': true,
    step1000: false,
    checkpoint_20000: false,
  };
  for (const [word, belongs] of Object.entries(digits)) {
    it(`${belongs ? 'belongs to the name' : 'is a number'} in ${word}`, () => {
      assert.equal(isDigitOfWord(framed(Buffer.from(word)), margin + word.search(/\d/)), belongs);
    });
  }
});

describe('a word for a value that is not finite', () => {
  const words: Record<string, number | null> = {
    'loss nan': NaN,
    'loss=NaN': NaN,
    'loss -inf': -Infinity,
    'loss +Inf': Infinity,
    'loss (INF': Infinity,
    '"loss": Infinity': Infinity,
    '"loss": -Infinity': -Infinity,
    'loss not': null,
    'loss int': null,
    is_nan: null,
    '5inf': null,
  };
  for (const [text, value] of Object.entries(words)) {
    it(`is ${value === null ? 'no value' : value} at the end of ${text}`, () => {
      const bytes = framed(Buffer.from(text));
      const word = /[A-Za-z]+$/.exec(text)?.[0] ?? '';
      const at = margin + text.length - word.length;
      assert.equal(isNotFinite(bytes, at, margin + text.length), value !== null);
      if (value !== null) assert.equal(notFinite(bytes, at), value);
    });
  }
});
