import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { repetitionDetector } from '../../activities/language-model/repetition-detector.ts';
import { seededRandom } from '../support/seeded-random.ts';

/** How many characters it took; null: it said nothing of the whole text. */
function noticedAfter(text: string, pieceLength = 11): number | null {
  const repeats = repetitionDetector();
  for (let start = 0; start < text.length; start += pieceLength) {
    const piece = text.slice(start, start + pieceLength);
    if (repeats(piece)) return start + piece.length;
  }
  return null;
}

const lines = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => line(index)).join('\n');
const random = seededRandom(7);
const words = (count: number) => Array.from({ length: count }, () => random.below(36 ** 5).toString(36)).join(' ');
const sources = ['openai-language-model', 'reply-deadlines', 'provider-error', 'classify-error', 'reply-gatherer'];
const code = sources
  .map((name) => readFileSync(new URL(`../../activities/language-model/${name}.ts`, import.meta.url), 'utf8'))
  .join('\n');

describe('a text that has stopped saying anything new', () => {
  const paragraph = `${words(300)}\n`;
  const loops: [what: string, text: string][] = [
    ['one letter', 'a'.repeat(20_000)],
    ['line breaks', '\n'.repeat(20_000)],
    ['a sentence', 'I am sorry, I cannot do this. '.repeat(1_000)],
    ['a paragraph', paragraph.repeat(40)],
    ['numbered tasks', lines(1_200, (index) => `task_${index + 1}`)],
    ['numbered objects', lines(1_200, (index) => `{"id": ${index}, "title": "Task ${index}", "isDone": false},`)],
    ['numbered paragraphs', lines(200, (index) => `${index}. ${paragraph}`)],
    ['a loop after an honest beginning', `${code}\n${'and so on '.repeat(2_000)}`],
  ];
  for (const [what, text] of loops) {
    it(`is noticed: ${what}`, () => {
      assert.notEqual(noticedAfter(text), null);
    });
  }

  it('is noticed although single words are new', () => {
    const text = lines(3_000, (index) => (index % 100 === 0 ? words(3) : 'the loss goes down, the error goes down'));
    assert.notEqual(noticedAfter(text), null);
  });

  it('is noticed within the next 20,000 characters', () => {
    assert.ok((noticedAfter(`${code}${'and so on '.repeat(10_000)}`) ?? Infinity) < code.length + 20_000);
  });

  it('is noticed however it is cut into pieces', () => {
    const text = 'and so on '.repeat(2_000);
    assert.deepEqual([noticedAfter(text, 1), noticedAfter(text, 100_000)], [8_095, text.length]);
  });
});

describe('a text that goes on saying something', () => {
  const base64 = Buffer.from(Array.from({ length: 60_000 }, () => random.below(256))).toString('base64');
  const honest: [what: string, text: string][] = [
    ['code', code],
    ['code that is written down three times', `${code}\n${code}\n${code}`],
    ['base64', base64],
    ['base64 in lines', base64.match(/.{76}/g)?.join('\n') ?? ''],
    ['prose', words(20_000)],
    [
      'a JSON array of 400 lines',
      lines(400, (index) => `{"epoch": ${index}, "loss": ${random.below(10_000) / 10_000}, "lr": 0.001},`),
    ],
    ['a table of 400 rows', lines(400, (index) => `| ${index} | baseline | ${random.below(1_000)} | completed |`)],
    ['a rule of dashes', '-'.repeat(4_000)],
    ['500 numbers', Array.from({ length: 500 }, () => `${random.below(1_000) / 1_000}`).join(', ')],
    ['an empty text', ''],
  ];
  for (const [what, text] of honest) {
    it(`is left alone: ${what}`, () => {
      assert.equal(noticedAfter(text), null);
    });
  }
});
