import assert from 'node:assert/strict';
import { countTokens } from '../../activities/language-model/count-tokens.ts';
import { estimateTokens } from '../../activities/log-compaction/token-estimate.ts';
import { printedError } from '../support/log-tracebacks.ts';

const manyLines = (count: number, render: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => render(index)).join('\n');

describe('the estimate of tokens', () => {
  const texts: Record<string, string> = {
    'steps and losses': manyLines(
      80,
      (index) => `step ${100 * index}: train loss ${(9 / (index + 1)).toFixed(4)}, val loss 2.51`,
    ),
    dictionaries: manyLines(
      60,
      (index) => `{'loss': ${index / 7}, 'grad_norm': 1.25, 'learning_rate': 2e-05, 'epoch': ${index}}`,
    ),
    tracebacks: manyLines(12, (index) => printedError('ValueError: bad batch', index).join('\n')),
    'warnings of libraries': manyLines(
      20,
      () =>
        '/usr/lib/python3.12/site-packages/torch/optim/lr_scheduler.py:143: UserWarning: Detected call of `lr_scheduler.step()` before `optimizer.step()`.',
    ),
    progress: manyLines(60, (index) => ` ${index}%|###       | ${index}/100 [00:0${index % 10}<00:12, 36.51it/s]`),
    'the time of a logger': manyLines(
      60,
      (index) => `2024-05-01 12:00:${10 + (index % 50)},123 - INFO - trainer - epoch ${index} done`,
    ),
    'modules of a model': manyLines(
      60,
      (index) => `(layer${index}): Conv2d(64, 128, kernel_size=(3, 3), stride=(1, 1), bias=False)`,
    ),
    paths: manyLines(
      40,
      (index) => `saved /data/experiments/run_${index}/checkpoints/epoch=${index}-step=${index}00.ckpt`,
    ),
    sentences: manyLines(
      20,
      () => 'The training will be resumed from the last checkpoint, since the previous attempt was interrupted.',
    ),
    NCCL: manyLines(
      40,
      (index) =>
        `node17:48213:48301 [${index % 8}] NCCL INFO Channel 0${index % 8}/0 : 1[1b000] -> 2[43000] via P2P/IPC`,
    ),
    'a table': manyLines(40, (index) => `| ${index} | 0.${index} | ${index / 3} | 12.5 |`),
    ids: manyLines(40, (index) => `request 7f3a2c${index}b-0f1a-4b2c-8d3e-4f5a6b7c8d9e took ${index} ms`),
    'another language': manyLines(40, (index) => `Эпоха ${index}: потери 0.${index}, точность 0.5 完成`),
  };
  for (const [name, text] of Object.entries(texts)) {
    it(`is at most 5 % too low and 30 % too high for ${name}`, () => {
      const share = estimateTokens(text) / countTokens(text);
      assert.ok(share >= 0.95 && share <= 1.3, `${share.toFixed(3)} of ${countTokens(text)} tokens`);
    });
  }

  it('is nothing for nothing', () => assert.equal(estimateTokens(''), 0));

  it('is never below the count for a run of one character that is no letter', () => {
    for (const character of ['=', '-', ' ', '0', '.', '#'])
      assert.ok(estimateTokens(character.repeat(400)) >= countTokens(character.repeat(400)), character);
  });
});
