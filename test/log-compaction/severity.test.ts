import assert from 'node:assert/strict';
import { hashOfWord, severity, severityOfHash } from '../../activities/log-compaction/severity.ts';

function severityOf(word: string): number {
  return severityOfHash(hashOfWord(Buffer.from(word), 0, word.length));
}

describe('the severity of a word', () => {
  const words: Record<string, number> = {
    error: severity.error,
    Error: severity.error,
    FATAL: severity.error,
    killed: severity.error,
    warning: severity.warning,
    WARNING: severity.warning,
    deprecated: severity.warning,
    checkpoint: severity.notable,
    best: severity.notable,
    loss: severity.plain,
    err: severity.plain,
    '': severity.plain,
    mirror: severity.plain,
  };
  for (const [word, value] of Object.entries(words)) {
    it(`of ${JSON.stringify(word)} is ${value}`, () => assert.equal(severityOf(word), value));
  }

  it('is plain for nearly all random words', () => {
    const letters = 'abcdefghijklmnopqrstuvwxyz';
    const spelled = (index: number): string =>
      [1, 29, 841, 24_389, 707_281, 20_511_149].map((step) => letters.charAt(Math.floor(index / step) % 26)).join('');
    const found = Array.from({ length: 50_000 }, (_, index) => spelled(7_919 * index)).filter(
      (word) => severityOf(word) > 0,
    );
    assert.ok(found.length < 20, found.join(' '));
  });
});
