import assert from 'node:assert/strict';
import { createLineInspector, mostWords } from '../../activities/log-compaction/inspect-line.ts';
import { severity, type Severity } from '../../activities/log-compaction/severity.ts';
import { framed } from '../support/log-reading.ts';

interface Inspected {
  severity: Severity;
  family: number;
  words: number[];
}

function inspect(text: string): Inspected {
  const bytes = Buffer.from(text);
  const inspector = createLineInspector();
  inspector.inspect(framed(bytes), 16, 16 + bytes.length);
  const { severity: found, family, words, wordCount } = inspector.result;
  return { severity: found, family, words: [...words.subarray(0, wordCount)] };
}

describe('a line', () => {
  const sentences: Record<keyof typeof severity, string[]> = {
    contract: ['METRIC loss=0.25', 'METRIC error_rate=0.5', 'finished: 3 stages'],
    error: [
      'RuntimeError: CUDA error: out of memory',
      'ERROR: worker 3 died',
      '[rank1]: torch.distributed.DistBackendError: NCCL failed',
      'slurmstepd: error: Detected 1 oom-kill event',
      'Segmentation fault (core dumped)',
      'FAILED to read the shard',
      'terminate called after throwing an Exception',
      'Killed',
      'Traceback (most recent call last):',
    ],
    warning: [
      'UserWarning: lr_scheduler.step() before optimizer.step()',
      'WARNING: the cache is cold',
      '/lib/a.py:12: FutureWarning: this will change',
      'WARN net: retrying',
    ],
    notable: ['Saved checkpoint to out', 'best accuracy so far', 'Training finished'],
    plain: [
      'step 10: loss 2.5',
      'train error: 0.31',
      'error=0.25 step=3',
      "{'error': 0.25}",
      'warnings.warn(',
      'the mirror and the terror',
      'INFO going on',
      '',
    ],
  };
  for (const [name, lines] of Object.entries(sentences) as [keyof typeof severity, string[]][]) {
    for (const line of lines)
      it(`is ${name} where it says ${JSON.stringify(line)}`, () =>
        assert.equal(inspect(line).severity, severity[name]));
  }

  it('is no reported result where the word stands elsewhere', () => {
    for (const line of ['a METRIC loss=1', 'METRICS loss=1', 'metric loss=1', 'unfinished: 3'])
      assert.notEqual(inspect(line).severity, severity.contract, line);
  });

  it('has the family of lines that differ from it in digits only', () => {
    const { family } = inspect('layer12.weight of gpu3 0xdead01 frozen at 5');
    assert.equal(inspect('layer7.weight of gpu11 0xdead02 frozen at 123').family, family);
    assert.notEqual(inspect('layer12.bias of gpu3 0xdead01 frozen at 5').family, family);
  });

  it('has the words between blanks, alike where they are alike', () => {
    const [one, other] = [inspect('read  alpha\tin 5 s'), inspect('read beta in 77 s')];
    assert.equal(one.words.length, 5);
    assert.deepEqual(
      one.words.map((word, index) => word === other.words[index]),
      [true, false, true, true, true],
    );
  });

  it('has a bounded number of words, and the last stands for the rest', () => {
    assert.equal(inspect('word '.repeat(500)).words.length, mostWords);
  });

  it('has no word that is 0, which stands for one that varies', () => {
    for (let index = 0; index < 5_000; index += 1) assert.ok(!inspect(`a${index.toString(36)} b`).words.includes(0));
  });
});
