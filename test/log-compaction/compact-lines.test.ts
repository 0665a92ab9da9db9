import assert from 'node:assert/strict';
import { compactLines, type CompactedLines } from '../../activities/log-compaction/compact-lines.ts';

const plenty = 1_000_000;
const mark = /^\[\d+ (similar lines|lines left out)\]$/;

/** Lines of the log that can still be read in the digest. */
function keptLines({ text }: CompactedLines): number {
  return text.split('\n').filter((line) => !mark.test(line)).length;
}

function assertNothingIsLost(compacted: CompactedLines): void {
  const { lines, foldedLines, omittedLines } = compacted;
  assert.equal(keptLines(compacted) + foldedLines + omittedLines, lines);
}

const numbered = (count: number, render: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => render(i));

/** Lines that are never similar to their neighbours. */
const distinct = (count: number) => numbered(count, (index) => 'abcdefg'.slice(index % 7).repeat(1 + (index % 5)));

describe('compacted lines', () => {
  it('are the text itself while it is short', () => {
    assert.deepEqual(compactLines('one\ntwo\n', plenty), {
      text: 'one\ntwo',
      lines: 2,
      foldedLines: 0,
      omittedLines: 0,
    });
  });

  it('are nothing for an empty text', () => {
    assert.deepEqual(compactLines('', plenty), { text: '', lines: 0, foldedLines: 0, omittedLines: 0 });
  });

  it('count a line that is not ended', () => {
    assert.equal(compactLines('one\ntwo', plenty).lines, 2);
  });

  it('keep empty lines', () => {
    assert.equal(compactLines('one\n\ntwo\n', plenty).text, 'one\n\ntwo');
  });

  it('keep the indentation of a line', () => {
    assert.equal(compactLines('    raise ValueError\n', plenty).text, '    raise ValueError');
  });

  it('show the last frame of a progress bar', () => {
    assert.equal(compactLines('epoch 1\r 50%\r100% done\nnext\n', plenty).text, '100% done\nnext');
  });

  it('show the last frame of a progress bar that is not ended yet', () => {
    assert.equal(compactLines('10%\r20%\r', plenty).text, '20%');
  });

  it('take a line end of Windows for a line end', () => {
    assert.equal(compactLines('one\r\ntwo\r\n', plenty).text, 'one\ntwo');
  });

  it('are without colours and cursor movements', () => {
    assert.equal(compactLines('\u001b[31mred\u001b[0m \u001b[2Kplain\u001b[1A\n', plenty).text, 'red plain');
  });

  it('cut a very long line and say how much of it', () => {
    assert.equal(
      compactLines('x'.repeat(5_000), plenty).text,
      `${'x'.repeat(2_000)} [3000 more characters in this line]`,
    );
  });
});

describe('a run of similar lines', () => {
  const steps = numbered(101, (index) => `step ${index} loss ${(1 / (index + 1)).toExponential()}`);

  it('keeps its ends and three lines between', () => {
    const shown = [0, 25, 50, 75, 100].map((index) => steps[index]);
    const { text } = compactLines(steps.join('\n'), plenty);
    assert.deepEqual(
      text.split('\n').filter((line) => !mark.test(line)),
      shown,
    );
  });

  it('says between them how many lines are hidden', () => {
    const marks = compactLines(steps.join('\n'), plenty)
      .text.split('\n')
      .filter((line) => mark.test(line));
    assert.deepEqual(
      marks,
      numbered(4, () => '[24 similar lines]'),
    );
  });

  it('loses nothing silently', () => {
    assertNothingIsLost(compactLines(steps.join('\n'), plenty));
    assert.equal(compactLines(steps.join('\n'), plenty).foldedLines, 96);
  });

  it('of six lines is left as it is', () => {
    assert.equal(compactLines(steps.slice(0, 6).join('\n'), plenty).foldedLines, 0);
  });

  it('of seven lines hides two', () => {
    assert.equal(compactLines(steps.slice(0, 7).join('\n'), plenty).foldedLines, 2);
  });

  it('goes on where a number becomes NaN, infinite or negative', () => {
    const lines = ['loss 1', 'loss 2.5', 'loss -3e-4', 'loss nan', 'loss inf', 'loss .5', 'loss 7'];
    assert.equal(compactLines(lines.join('\n'), plenty).foldedLines, 2);
  });

  it('ends where a word differs', () => {
    const lines = [...numbered(5, (index) => `train ${index}`), ...numbered(5, (index) => `valid ${index}`)];
    assert.equal(compactLines(lines.join('\n'), plenty).foldedLines, 0);
  });

  it('is counted for several runs together', () => {
    const runs = numbered(40, (run) => numbered(20 + run, (index) => `${'ab'.charAt(run % 2)} ${index}`).join('\n'));
    const compacted = compactLines(runs.join('\n'), plenty);
    assertNothingIsLost(compacted);
    assert.equal(compacted.omittedLines, 0);
  });
});

describe('a text over its budget', () => {
  const lines = distinct(500);
  const compacted = compactLines(lines.join('\n'), 900);

  it('keeps its beginning and its end', () => {
    assert.ok(compacted.text.startsWith(`${lines[0]}\n${lines[1]}\n`));
    assert.ok(compacted.text.endsWith(`${lines.at(-2)}\n${lines.at(-1)}`));
  });

  it('has one mark where its middle was, with the number of lines', () => {
    const marks = compacted.text.split('\n').filter((line) => mark.test(line));
    assert.deepEqual(marks, [`[${compacted.omittedLines} lines left out]`]);
  });

  it('loses nothing silently', () => {
    assert.ok(compacted.omittedLines > 0);
    assertNothingIsLost(compacted);
  });

  it('stays within the budget but for the mark', () => {
    assert.ok(compacted.text.replace(/\[\d+ lines left out\]\n/, '').length <= 900);
  });

  it('keeps twice as much of the end as of the beginning', () => {
    const [head = '', tail = ''] = compacted.text.split(/\[\d+ lines left out\]/);
    assert.ok(tail.length > 1.8 * head.length, `${head.length} and ${tail.length}`);
  });

  it('that just fits is whole', () => {
    const text = distinct(50).join('\n');
    assert.deepEqual(compactLines(text, text.length + 1).omittedLines, 0);
  });

  it('keeps a traceback at its end', () => {
    const traceback = [
      'Traceback (most recent call last):',
      '  File "train.py", line 12, in <module>',
      '    main()',
      '  File "train.py", line 7, in main',
      '    loss.backward()',
      'RuntimeError: CUDA out of memory',
    ].join('\n');
    assert.ok(compactLines(`${distinct(5_000).join('\n')}\n${traceback}\n`, 1_000).text.endsWith(traceback));
  });
});
