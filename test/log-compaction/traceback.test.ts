import assert from 'node:assert/strict';
import { ownFrame, raisedErrors, type Frame } from '../../activities/log-compaction/traceback.ts';
import { causeSentence, contextSentence, printedChain } from '../support/log-tracebacks.ts';

const frame = (file: string, line = 1): Frame => ({ file, line, function: 'main' });

describe('the errors of a traceback', () => {
  it('have their type, their message and their frames', () => {
    const text = printedChain([
      { frames: ['a.py:3', 'b.py:7'], ending: 'torch.cuda.OutOfMemoryError: no room: 2 GiB' },
    ]);
    assert.deepEqual(raisedErrors(text.join('\n')), [
      {
        type: 'torch.cuda.OutOfMemoryError',
        message: 'no room: 2 GiB',
        frames: [
          { file: 'a.py', line: 3, function: 'step_0' },
          { file: 'b.py', line: 7, function: 'step_1' },
        ],
      },
    ]);
  });

  for (const sentence of [causeSentence, contextSentence]) {
    it(`are in their order where a chain says ${sentence.slice(0, 20)}`, () => {
      const chain = printedChain(
        [
          { frames: ['a.py:3'], ending: 'KeyError: 1' },
          { frames: ['b.py:7'], ending: 'ValueError' },
        ],
        sentence,
      );
      assert.deepEqual(
        raisedErrors(chain.join('\n')).map(({ type, message }) => [type, message]),
        [
          ['KeyError', '1'],
          ['ValueError', ''],
        ],
      );
    });
  }

  it('may be cut off before the error is named', () => {
    const [error] = raisedErrors('Traceback (most recent call last):\n  File "a.py", line 3, in main\n    go()');
    assert.deepEqual([error?.type, error?.frames.length], ['', 1]);
  });

  it('are none of nothing', () => assert.deepEqual(raisedErrors(''), []));
});

describe('the frame that is the script’s own', () => {
  const libraries = [
    '/usr/lib/python3.12/json/decoder.py',
    '/venv/lib/python3.12/site-packages/torch/a.py',
    '<frozen runpy>',
  ];

  it('is the innermost one outside of libraries', () => {
    assert.equal(
      ownFrame([frame('train.py'), frame('model.py'), ...libraries.map((file) => frame(file))])?.file,
      'model.py',
    );
  });

  it('is the innermost of all where all are of libraries', () => {
    assert.equal(ownFrame(libraries.map((file) => frame(file)))?.file, libraries.at(-1));
  });

  it('is none where there are no frames', () => assert.equal(ownFrame([]), null));
});
