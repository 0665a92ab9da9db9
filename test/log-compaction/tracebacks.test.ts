import assert from 'node:assert/strict';
import { raisedErrors, type Traceback } from '../../activities/log-compaction/traceback.ts';
import { wordOf } from '../support/log-mixtures.ts';
import { accountedLines, censusOf } from '../support/log-reading.ts';
import {
  causeSentence,
  contextSentence,
  failedAfter,
  interleaved,
  prefixed,
  printedChain,
  printedError,
} from '../support/log-tracebacks.ts';

const memory = 'torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB';

function kindsOf(lines: readonly string[]): Traceback[] {
  return censusOf(`${lines.join('\n')}\n`).tracebacks;
}

function onlyKind(lines: readonly string[]): Traceback {
  const kinds = kindsOf(lines);
  assert.equal(kinds.length, 1, kinds.map(({ text }) => text).join('\n---\n'));
  return kinds[0]!;
}

function endingsOf(kinds: readonly Traceback[]): string[] {
  return kinds.map(({ text }) => {
    const error = raisedErrors(text).at(-1);
    return `${error?.type}: ${error?.message}`;
  });
}

describe('a traceback', () => {
  it('is one unit with the text that Python prints', () => {
    const lines = printedError(memory);
    const kind = onlyKind(['epoch one', ...lines, 'bye']);
    assert.equal(kind.text, lines.join('\n'));
    assert.deepEqual([kind.count, kind.lines, kind.firstLine, kind.lastLine], [1, lines.length, 2, lines.length + 1]);
    assert.equal(kind.prefixes.size, 0);
  });

  const prefixes: Record<string, (index: number) => string> = {
    'the rank that torchrun writes': () => '[rank3]: ',
    'the rank that a launcher writes': () => 'rank 3: ',
    'a host and a process': () => '[node17:48213] ',
    'the severity of torch': () => '[WARNING] ',
    'the time of a logger': (index) => `2024-05-01 12:00:0${index % 10},${100 + index} - train - ERROR - `,
    'the time of a service': (index) => `[2024-05-01T12:00:0${index % 10}.${100 + index}Z] [rank 0] `,
    'the task of SLURM': () => '3: ',
    'a container': () => 'worker-0 | ',
  };
  for (const [name, prefix] of Object.entries(prefixes)) {
    it(`is read behind ${name}`, () => {
      const lines = printedError(memory);
      const kind = onlyKind(lines.map((line, index) => `${prefix(index)}${line}`));
      assert.equal(kind.text, lines.join('\n'));
      assert.deepEqual([kind.lines, kind.prefixes.size], [lines.length, 1]);
    });
  }

  it('is read behind a progress bar on the same line', () => {
    const lines = printedError(memory);
    const bar = ' 45%|####5     | 450/1000 [00:12<00:15, 36.5it/s]';
    assert.equal(onlyKind([`${bar}${lines[0]}`, ...lines.slice(1)]).text, lines.join('\n'));
    assert.equal(
      onlyKind([`  3%|▎    | 3/100\r  4%|▍    | 4/100${lines[0]}`, ...lines.slice(1)]).text,
      lines.join('\n'),
    );
  });

  for (const [name, sentence] of Object.entries({ cause: causeSentence, context: contextSentence })) {
    it(`keeps the errors before it in its chain (${name})`, () => {
      const chain = printedChain(
        [
          { frames: ['data.py:7'], ending: "KeyError: 'label'" },
          { frames: ['data.py:20', 'train.py:4'], ending: 'ValueError: bad batch' },
          { frames: ['train.py:90'], ending: 'RuntimeError: stopped' },
        ],
        sentence,
      );
      const errors = raisedErrors(onlyKind(['begin', ...chain, 'end']).text);
      assert.deepEqual(
        errors.map(({ type, frames }) => [type, frames.at(-1)?.file, frames.at(-1)?.line]),
        [
          ['KeyError', 'data.py', 7],
          ['ValueError', 'train.py', 4],
          ['RuntimeError', 'train.py', 90],
        ],
      );
    });
  }

  it('keeps its chain behind a prefix, blank lines with and without it', () => {
    const chain = printedChain([
      { frames: ['data.py:7'], ending: "KeyError: 'label'" },
      { frames: ['train.py:90'], ending: 'RuntimeError: stopped' },
    ]);
    const withPrefix = prefixed(chain, '[rank0]: ');
    for (const lines of [withPrefix, withPrefix.map((line) => (line.trim() === '[rank0]:' ? '' : line))])
      assert.deepEqual(
        raisedErrors(onlyKind(lines).text).map(({ type }) => type),
        ['KeyError', 'RuntimeError'],
      );
  });

  it('keeps a message of several lines where they are indented', () => {
    const lines = printedError('ValueError: bad state\n    missing: head.weight\n    unexpected: fc.bias');
    assert.equal(onlyKind([...lines, 'bye']).text, lines.join('\n'));
  });

  it('may be of a syntax error', () => {
    const lines = [
      'Traceback (most recent call last):',
      '  File "run.py", line 3, in <module>',
      '    import train',
      '  File "train.py", line 9',
      '    def main(',
      '            ^',
      "SyntaxError: '(' was never closed",
    ];
    const [error] = raisedErrors(onlyKind([...lines, 'bye']).text);
    assert.deepEqual(
      [error?.type, error?.frames.at(-1)?.file, error?.frames.at(-1)?.line],
      ['SyntaxError', 'train.py', 9],
    );
  });

  it('may be of endless recursion', () => {
    const frame = ['  File "tree.py", line 4, in depth', '    return 1 + depth(node.left)'];
    const lines = [
      'Traceback (most recent call last):',
      ...frame,
      ...frame,
      ...frame,
      '  [Previous line repeated 993 more times]',
      'RecursionError: maximum recursion depth exceeded',
    ];
    assert.equal(onlyKind([...lines, 'bye']).text, lines.join('\n'));
  });

  it('may have no message', () => {
    assert.deepEqual(
      [printedError('KeyboardInterrupt'), printedError('AssertionError')].map((lines) => endingsOf([onlyKind(lines)])),
      [['KeyboardInterrupt: '], ['AssertionError: ']],
    );
  });

  it('may have marks below its lines of code', () => {
    const lines = [
      'Traceback (most recent call last):',
      '  File "train.py", line 9, in main',
      '    loss = model(x) / scale',
      '           ~~~~~~~~~^~~~~~~',
      'ZeroDivisionError: division by zero',
    ];
    assert.equal(onlyKind(lines).text, lines.join('\n'));
  });

  it('is kept where the log ends within it', () => {
    for (let length = 1; length < printedError(memory).length; length += 1) {
      const kind = onlyKind(['begin', ...printedError(memory).slice(0, length)]);
      assert.deepEqual([kind.count, kind.lines], [1, length]);
    }
  });

  it('is kept whole where other lines come between', () => {
    const lines = printedError(memory);
    const noise = ['step 10 loss 2.3', 'step 20 loss 2.1', 'step 30 loss 2.0', 'step 40 loss 1.9', 'step 50 loss 1.8'];
    const mixed = lines.flatMap((line, index) => [line, ...noise.slice(index, index + 1)]);
    assert.equal(onlyKind(mixed).text, lines.join('\n'));
  });

  for (const foreign of ['loss: 2.31', 'done', 'INFO:root:epoch 3 done', 'WARNING:tensorflow:slow callback']) {
    it(`is not ended by ${foreign} between its lines`, () => {
      const lines = printedError(memory);
      assert.deepEqual(endingsOf(kindsOf([...lines.slice(0, 3), foreign, ...lines.slice(3)])), [memory]);
    });
  }

  it('ends where the lines of another begin', () => {
    const kinds = kindsOf([...printedError('ValueError: one'), ...printedError('KeyError: two', 99)]);
    assert.deepEqual(endingsOf(kinds), ['ValueError: one', 'KeyError: two']);
  });

  for (const following of ['METRIC loss=1.5', 'finished: early', 'good night', 'loss: 2.31', 'done']) {
    it(`that is cut off does not swallow ${following}`, () => {
      const { groups } = censusOf([...printedError(memory).slice(0, 3), following, ''].join('\n'));
      assert.deepEqual(
        groups.filter(({ opensTraceback }) => !opensTraceback).map(({ sample }) => sample),
        [following],
      );
    });
  }
});

describe('tracebacks', () => {
  it('of the same kind are counted together, whatever the numbers in their messages', () => {
    const log = Array.from({ length: 40 }, (_, index) => [
      ...printedError(`ValueError: sample ${index} has ${7 * index} channels`),
      `batch skipped`,
    ]).flat();
    const kind = onlyKind(log);
    assert.deepEqual([kind.count, kind.firstLine, kind.lastLine], [40, 1, log.length - 1]);
  });

  it('of the same type in different places are told apart', () => {
    assert.equal(kindsOf([...printedError('ValueError: bad', 3), ...printedError('ValueError: bad', 4)]).length, 2);
  });

  it('that differ in a cause are told apart', () => {
    assert.equal(kindsOf([...failedAfter('KeyError: a'), ...failedAfter('OSError: b')]).length, 2);
  });

  it('of eight ranks are one kind where their lines are interleaved', () => {
    const lines = printedError(memory);
    const ranks = Array.from({ length: 8 }, (_, rank) => prefixed(lines, `[rank${rank}]: `));
    const kind = onlyKind(['begin', ...interleaved(ranks), 'end']);
    assert.equal(kind.text, lines.join('\n'));
    assert.deepEqual([kind.count, kind.lines], [8, 8 * lines.length]);
    assert.deepEqual(
      [...kind.prefixes].toSorted(),
      Array.from({ length: 8 }, (_, rank) => `[rank${rank}]:`),
    );
  });

  it('of ranks that failed differently are told apart where their lines are interleaved', () => {
    const kinds = kindsOf(
      interleaved([
        prefixed(printedError(memory), '[rank0]: '),
        prefixed(printedError('RuntimeError: NCCL error'), '[rank1]: '),
        prefixed(printedError('ValueError: bad', 77), '[rank2]: '),
      ]),
    );
    assert.deepEqual(endingsOf(kinds).toSorted(), ['RuntimeError: NCCL error', 'ValueError: bad', memory]);
  });

  it('of a thousand kinds are bounded, and the further ones are counted by their type', () => {
    const log = Array.from({ length: 1_000 }, (_, index) => [
      ...printedError(`Error${index % 5}: bad`, index + 1),
      'going on',
    ]).flat();
    const { tracebacks, otherTracebacks } = censusOf(log.join('\n'));
    const others = otherTracebacks.reduce((sum, { count }) => sum + count, 0);
    assert.ok(tracebacks.length >= 100 && tracebacks.length < 1_000, `${tracebacks.length} kinds`);
    assert.equal(tracebacks.reduce((sum, { count }) => sum + count, 0) + others, 1_000);
    assert.deepEqual(otherTracebacks.map(({ type }) => type).toSorted(), [
      'Error0',
      'Error1',
      'Error2',
      'Error3',
      'Error4',
    ]);
  });

  it('of two thousand types are bounded, and none is lost uncounted', () => {
    const log = Array.from({ length: 2_000 }, (_, index) => printedError(`lab.Error${index}: bad`, index + 1)).flat();
    const { tracebacks, otherTracebacks } = censusOf(log.join('\n'));
    assert.ok(tracebacks.length + otherTracebacks.length < 1_000);
    assert.equal(
      [...tracebacks, ...otherTracebacks].reduce((sum, { count }) => sum + count, 0),
      2_000,
    );
  });

  it('with a very long message keep its beginning and count the rest', () => {
    const kind = onlyKind([...printedError(`ValueError: ${'x'.repeat(50_000)}`), 'bye']);
    const whole = printedError(`ValueError: ${'x'.repeat(50_000)}`).join('\n').length;
    assert.ok(kind.cutBytes > 20_000 && kind.text.includes('ValueError: xxx'), `${kind.cutBytes}`);
    assert.equal(kind.text.length + kind.cutBytes, whole);
  });

  it('are found where many kinds of errors have been printed before', () => {
    const words = Array.from({ length: 800 }, (_, index) => `error in ${wordOf(index)}`);
    const twice = words.flatMap((line) => [line, line]);
    const census = censusOf([...twice, ...printedError(memory), 'bye'].join('\n'));
    assert.deepEqual(endingsOf(census.tracebacks), [memory]);
    assert.equal(accountedLines(census), census.counts.lines);
  });

  it('account for each of their lines', () => {
    const census = censusOf(
      [
        'begin',
        ...printedError(memory),
        'between',
        ...printedError('ValueError: b'),
        '',
        ...interleaved([prefixed(printedError('KeyError: c'), '[rank0]: '), ['one', 'two', 'three', 'four']]),
        ...printedError('OSError: cut').slice(0, 3),
      ].join('\n'),
    );
    assert.equal(accountedLines(census), census.counts.lines);
  });
});
