import assert from 'node:assert/strict';
import { readDigest, type ExecutionDigest } from '../../../scripts/demo/scripted-model/read-digest.ts';

function read(digest: string): ExecutionDigest {
  const [execution, ...others] = readDigest(`## seed-0: completed with 9.5\n\n${digest}\n`);
  assert.ok(execution !== undefined && others.length === 0);
  return execution;
}

function inSection(heading: string, ...lines: string[]): string {
  return ['Log of 9 bytes, 9 lines; nothing left out.', '', `${heading}:`, '````', ...lines, '````'].join('\n');
}

const numbers = 'Lines with numbers that change: the first line, then each number from its first to its last value';

describe('what the scripted researcher reads in a digest', () => {
  it('is the course of each metric, exact where the digest is', () => {
    const { logged } = read(
      inSection(
        numbers,
        '3-90 x45: step 1: train_loss=8.0 val_error=9',
        '  step: 1 > 9 3 5',
        '  train_loss: 8 > 1 [min 0.51234567 at 7] 4 2',
        '  val_error: 9 > nan [2 not finite from 8 on, max 12.5 at 2] 8 7',
      ),
    );
    assert.deepEqual(
      logged.get('train_loss')?.map(({ step, value, isExact }) => [step, value, isExact]),
      [
        ['1', '8.0', true],
        ['3', '4', false],
        ['5', '2', false],
        ['7', '0.51234567', true],
        ['9', '1', true],
      ],
    );
    assert.deepEqual(
      logged.get('val_error')?.map(({ step, value }) => [step, value]),
      [
        ['1', '9'],
        ['2', '12.5'],
        ['3', '8'],
        ['5', '7'],
        ['8', 'nan'],
        ['9', 'nan'],
      ],
    );
  });

  it('is the line of the log rather than the course where both tell of a step', () => {
    const course = ['1-3 x3: step 1: train_loss=8', '  step: 1 > 3 2', '  train_loss: 8 > 1 4.123'];
    const tail = 'The last lines:\n````\n2: step 2: train_loss=4.1234567\n3: step 3: train_loss=1.0\n````';
    assert.deepEqual(
      read(`${inSection(numbers, ...course)}\n\n${tail}`)
        .logged.get('train_loss')
        ?.map(({ value }) => value),
      ['8', '4.1234567', '1.0'],
    );
  });

  it('is the value of what does not change at both ends', () => {
    const { logged } = read(
      inSection(
        numbers,
        '1-9 x9 in 2 forms: step 1: val_error=9.5 train_loss=8 tes [+40 characters]',
        '  step: 1 > 9',
        '  train_loss: 8 > 1',
        '  constant: test_error 0.5, top_acc 1',
      ),
    );
    for (const [name, value] of [
      ['val_error', '9.5'],
      ['test_error', '0.5'],
      ['top_acc', '1'],
    ] as const) {
      const expected = ['1', '9'].map((step) => ({ step, value, isExact: true }));
      assert.deepEqual(logged.get(name), expected, name);
    }
  });

  it('is no value that was cut in two', () => {
    const { logged } = read(inSection('The last lines', '7: step 7: val_error=9.5 train_loss=0.12 [+40 characters]'));
    assert.deepEqual([...logged.keys()], ['val_error']);
  });

  it('is what has a step of its own where the steps are not shown', () => {
    const lines = ['1-9 x9: step 1: val_error=9', '  val_error: 9 > 2 [min 1.5 at 7] 4 3'];
    assert.deepEqual(
      read(inSection(numbers, ...lines))
        .logged.get('val_error')
        ?.map(({ step, value }) => [step, value]),
      [['7', '1.5']],
    );
  });

  it('is no course of lines that are not the harness’s', () => {
    const lines = ['85-1645 x75: val_error: 9.3 > 4.2 8.1 6.0', '2-9 x8: epoch 1 loss 3', '  loss: 3 > 1'];
    assert.equal(read(inSection(numbers, ...lines)).logged.size, 0);
  });

  it('is what an execution reported, the newest of several', () => {
    const { finished } = read(inSection('Reported results', '8: finished: val_error=9', '90: finished: val_error=8.5'));
    assert.deepEqual([...finished], [['val_error', '8.5']]);
  });

  it('is an error with its place, with the whole traceback or without', () => {
    const error = '4: ValueError: a, b, File "train.py", line 39, in gradients';
    const whole = [
      '  Traceback (most recent call last):',
      '    File "train.py", line 39, in gradients',
      '  ValueError: a, b',
    ];
    assert.equal(
      read(inSection('Tracebacks', error)).errors,
      '  File "train.py", line 39, in gradients\nValueError: a, b',
    );
    const { errors } = read(inSection('Tracebacks', error, ...whole));
    assert.match(errors, /^Traceback .*\n {2}File "train\.py", line 39, in gradients\nValueError: a, b\n/);
  });

  it('is each warning once, with its count', () => {
    const warnings = inSection('Errors and warnings', '5-90 x45: …/core.py:12: RuntimeWarning: overflow');
    const tail =
      'The last lines:\n```\n91: /opt/numpy/core.py:12: RuntimeWarning: overflow\n92: FutureWarning: soon\n```';
    assert.deepEqual(
      read(`${warnings}\n\n${tail}`).warnings.map(({ text, lines }) => [text, lines]),
      [
        ['…/core.py:12: RuntimeWarning: overflow', 45],
        ['FutureWarning: soon', 1],
      ],
    );
  });

  it('is what was left out, word for word', () => {
    const header = 'Log of 9 bytes, 9 lines; left out: 3 kinds of other lines (40 lines), 7 zero bytes.';
    assert.equal(read(header).omission, '3 kinds of other lines (40 lines), 7 zero bytes');
    assert.equal(read('Log of 9 bytes, 9 lines; nothing left out.').omission, null);
  });

  it('is the sentence that stands in the place of an unreadable log', () => {
    const sentence = 'No digest: by its first bytes the file is no text.';
    assert.equal(read(sentence).emptiness, sentence);
    assert.equal(read('Log of 9 bytes, 9 lines; nothing left out.').emptiness, null);
  });
});
