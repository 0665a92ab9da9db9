import assert from 'node:assert/strict';
import { logLines } from '../../../scripts/logs/log-lines.ts';

describe('the lines of a log that grows', () => {
  it('are whole wherever the pieces are cut, also within a character', () => {
    const text = Buffer.from('größe 1\r\n 1%\r20 %\r100 %\nlast');
    for (let at = 0; at <= text.length; at += 1) {
      assert.deepEqual(linesOf(text.subarray(0, at), text.subarray(at)), ['größe 1', '100 %', 'last'], `cut at ${at}`);
    }
  });

  it('show an unfinished line as it looks now', () => {
    const lines = logLines();
    assert.deepEqual(lines.feed(Buffer.from('first\n 1%|#\r 2%|##\r')), ['first']);
    assert.equal(lines.unfinished, ' 2%|##');
    lines.feed(Buffer.from(' 3%'));
    assert.equal(lines.unfinished, ' 3%');
  });

  it('keep an empty line, and make none up at the end', () => {
    assert.deepEqual(linesOf('a\n\nb\n'), ['a', '', 'b']);
    assert.deepEqual(linesOf(''), []);
  });

  it('can neither move the cursor nor name the window', () => {
    assert.deepEqual(linesOf('\u001b[2J\u001b]0;title\u0007a\tb\u0008\u0000c\u009b1A\n'), ['a\tbc']);
  });

  it('that are endless are cut with a receipt', () => {
    const [line = ''] = linesOf('x'.repeat(20_000), 'x'.repeat(20_000), '\n');
    assert.equal(line, `${'x'.repeat(16_384)} [longrun: ${40_000 - 16_384} more characters]`);
  });

  it('have no receipt for what was drawn over', () => {
    assert.deepEqual(linesOf('x'.repeat(20_000), '\rshort\n'), ['short']);
  });
});

function linesOf(...pieces: (string | Buffer)[]): string[] {
  const lines = logLines();
  return [...pieces.flatMap((piece) => lines.feed(Buffer.from(piece))), ...lines.end()];
}
