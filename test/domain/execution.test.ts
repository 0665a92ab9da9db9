import assert from 'node:assert/strict';
import { describeExecution, type ExecutionOutcome } from '../../workflows/domain/execution.ts';

const noMetric = 'reached its deadline before it reported the metric';
const excerpt = '';
const noMessage = { message: null, excerpt };

describe('the description of an execution', () => {
  const sentences: [outcome: ExecutionOutcome, sentence: string][] = [
    [{ kind: 'completed', metric: 2.5 }, 'completed with 2.5'],
    [{ kind: 'crashed', exitCode: 1, signal: null, excerpt }, 'crashed with exit status 1'],
    [{ kind: 'crashed', exitCode: null, signal: null, excerpt }, 'crashed with exit status unknown'],
    [{ kind: 'crashed', exitCode: 1, signal: null, note: 'why', excerpt }, 'crashed with exit status 1 (why)'],
    [{ kind: 'crashed', exitCode: null, signal: 'SIGPIPE', excerpt }, 'was ended by signal SIGPIPE'],
    [{ kind: 'crashed', exitCode: null, signal: 'SIGKILL', note: 'why', excerpt }, 'was ended by signal SIGKILL (why)'],
    [{ kind: 'nativeCrash', signal: 'SIGSEGV', excerpt }, 'crashed in native code by signal SIGSEGV'],
    [{ kind: 'diverged', value: 'NaN', excerpt }, 'diverged: its metric is NaN'],
    [{ kind: 'diverged', value: 'loss is NaN since step 9', excerpt }, 'diverged: loss is NaN since step 9'],
    [{ kind: 'missingMetric', reported: ['a', 'b'], excerpt }, 'ended without the metric (it reported a, b)'],
    [{ kind: 'missingMetric', reported: [], excerpt }, 'ended without the metric (it reported nothing)'],
    [{ kind: 'outOfGpuMemory', excerpt }, 'ran out of GPU memory'],
    [{ kind: 'outOfHostMemory', peakMemoryBytes: 12.34e9, ...noMessage }, 'ran out of host memory (peak 12.3 GB)'],
    [{ kind: 'outOfHostMemory', peakMemoryBytes: null, ...noMessage }, 'ran out of host memory'],
    [
      { kind: 'outOfHostMemory', peakMemoryBytes: 12.34e9, message: '12 of 8 GB', excerpt },
      'ran out of host memory (12 of 8 GB)',
    ],
    [{ kind: 'quotaExceeded', which: 'disk', ...noMessage }, 'used up its disk space'],
    [{ kind: 'quotaExceeded', which: 'file', ...noMessage }, 'used up its file size'],
    [{ kind: 'quotaExceeded', which: 'sharedMemory', ...noMessage }, 'used up its shared memory'],
    [{ kind: 'quotaExceeded', which: 'output', message: '70 MB', excerpt }, 'used up its output (70 MB)'],
    [{ kind: 'stalled', message: 'no step for 900 s', excerpt }, 'stalled (no step for 900 s)'],
    [{ kind: 'timedOut', excerpt }, noMetric],
    [{ kind: 'timedOut', metrics: {}, excerpt }, noMetric],
    [
      { kind: 'timedOut', metrics: { loss: 1 / 3, error: 'NaN' }, excerpt },
      `${noMetric} (so far loss=0.333333, error=NaN)`,
    ],
    [{ kind: 'stopped' }, 'was stopped on request'],
  ];
  for (const [outcome, sentence] of sentences) {
    it(`can be "${sentence}"`, () => assert.equal(describeExecution(outcome), sentence));
  }

  it('names the first five of many metrics', () => {
    const metrics = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`m${index}`, index]));
    const description = describeExecution({ kind: 'timedOut', metrics, excerpt });
    assert.equal(description, `${noMetric} (so far m0=0, m1=1, m2=2, m3=3, m4=4)`);
  });
});
