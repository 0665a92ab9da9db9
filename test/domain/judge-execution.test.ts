import assert from 'node:assert/strict';
import type { ExecutionFault, ExecutionOutcome, Quota } from '../../workflows/domain/execution.ts';
import { judgeExecution, type ExecutionEvidence, type Judgement } from '../../workflows/domain/judge-execution.ts';
import type { ExitRecord } from '../../workflows/schema/execution-record.ts';
import { anExit } from '../support/builders.ts';
import * as outputs from '../support/outputs-of-failures.ts';

const excerpt = 'the end';

function judge(evidence: Partial<ExecutionEvidence>): Judgement {
  const usual = { exit: anExit(), metrics: {}, metricName: 'val_error', output: '', excerpt, isDiskFull: false };
  return judgeExecution({ ...usual, ...evidence });
}

function outcomeOf(evidence: Partial<ExecutionEvidence>): ExecutionOutcome {
  const judgement = judge(evidence);
  assert.ok(judgement.kind === 'outcome', JSON.stringify(judgement));
  return judgement.outcome;
}

function faultOf(evidence: Partial<ExecutionEvidence>): ExecutionFault {
  const judgement = judge(evidence);
  assert.ok(judgement.kind === 'fault', JSON.stringify(judgement));
  return judgement.fault;
}

const measured = { val_error: 2.5, loss: 1 };
const failed = anExit({ code: 1 });
const endedBy = (signal: string, attempt = 1): ExitRecord =>
  anExit({ code: null, signal, reason: 'signaled', attempt });
const stoppedFor = (reason: ExitRecord['reason'], message?: string): ExitRecord =>
  anExit({ reason, ...(message === undefined ? {} : { message }) });

const full = (which: Quota): ExecutionOutcome => ({ kind: 'quotaExceeded', which, message: null, excerpt });

type Row<Expected> = [sentence: string, evidence: Partial<ExecutionEvidence>, expected: Expected];

describe('the judgement on an execution', () => {
  describe('that ended well', () => {
    const table: Row<ExecutionOutcome>[] = [
      ['with the metric is completed', { metrics: measured }, { kind: 'completed', metric: 2.5 }],
      ['with a metric of 0 is completed', { metrics: { val_error: 0 } }, { kind: 'completed', metric: 0 }],
      ['with NaN is diverged', { metrics: { val_error: 'NaN' } }, { kind: 'diverged', value: 'NaN', excerpt }],
      [
        'with infinity is diverged',
        { metrics: { val_error: '-Infinity' } },
        { kind: 'diverged', value: '-Infinity', excerpt },
      ],
      [
        'is not diverged because of another metric that is NaN',
        { metrics: { val_error: 1, loss: 'NaN' } },
        { kind: 'completed', metric: 1 },
      ],
      [
        'without the metric names what was reported instead',
        { metrics: { loss: 1, accuracy: 2 } },
        { kind: 'missingMetric', reported: ['loss', 'accuracy'], excerpt },
      ],
      [
        'is completed although an error was printed on the way',
        { metrics: measured, output: `${outputs.torchOutOfGpuMemory}trying again with a smaller batch\n` },
        { kind: 'completed', metric: 2.5 },
      ],
    ];
    for (const [sentence, evidence, outcome] of table) {
      it(sentence, () => assert.deepEqual(outcomeOf(evidence), outcome));
    }

    it('names at most 20 of the metrics that were reported', () => {
      const metrics = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`metric_${index}`, index]));
      const outcome = outcomeOf({ metrics });
      assert.ok(outcome.kind === 'missingMetric');
      assert.deepEqual([outcome.reported.length, outcome.reported[19]], [20, 'metric_19']);
    });
  });

  describe('that the supervisor ended', () => {
    const deadline = stoppedFor('deadline');
    const table: Row<ExecutionOutcome>[] = [
      [
        'at its deadline with the metric and exit status 0 is completed',
        { metrics: measured, exit: deadline },
        { kind: 'completed', metric: 2.5 },
      ],
      [
        'at its deadline with NaN and exit status 0 is diverged',
        { metrics: { val_error: 'NaN' }, exit: deadline },
        { kind: 'diverged', value: 'NaN', excerpt },
      ],
      [
        'at its deadline without the metric is timed out, with what was measured',
        { exit: deadline, metrics: { loss: 3 } },
        { kind: 'timedOut', metrics: { loss: 3 }, excerpt },
      ],
      [
        'at its deadline by a kill is timed out, whatever was measured',
        { metrics: measured, exit: { ...endedBy('SIGKILL'), reason: 'deadline' } },
        { kind: 'timedOut', metrics: measured, excerpt },
      ],
      ['on request is stopped', { metrics: measured, exit: stoppedFor('stopped') }, { kind: 'stopped' }],
      [
        'because it hung is stalled, whatever was measured',
        { metrics: measured, exit: stoppedFor('stalled', 'no step for 900 s') },
        { kind: 'stalled', message: 'no step for 900 s', excerpt },
      ],
      [
        'for its memory is out of host memory, whatever was measured',
        { metrics: measured, exit: { ...stoppedFor('memory', '9 of 8 GB'), peakMemoryBytes: 9e9 } },
        { kind: 'outOfHostMemory', peakMemoryBytes: 9e9, message: '9 of 8 GB', excerpt },
      ],
      [
        'for its files exceeded a quota, whatever was measured',
        { metrics: measured, exit: stoppedFor('workQuota', '200001 files') },
        { kind: 'quotaExceeded', which: 'disk', message: '200001 files', excerpt },
      ],
      [
        'for its output exceeded a quota, whatever was measured',
        { metrics: measured, exit: stoppedFor('outputQuota') },
        full('output'),
      ],
      [
        'because a watched metric diverged is diverged by the supervisor’s words, whatever was measured',
        { metrics: measured, exit: stoppedFor('diverged', 'loss is NaN since step 9') },
        { kind: 'diverged', value: 'loss is NaN since step 9', excerpt },
      ],
      [
        'because its own metric diverged is diverged by that value',
        { metrics: { val_error: 'Infinity' }, exit: stoppedFor('diverged', 'val_error is Infinity') },
        { kind: 'diverged', value: 'Infinity', excerpt },
      ],
      [
        'before it could be started is crashed, and the excerpt says why',
        { exit: { ...stoppedFor('unstartable', 'no such file'), code: null } },
        { kind: 'crashed', exitCode: null, signal: null, excerpt: 'no such file' },
      ],
    ];
    for (const [sentence, evidence, outcome] of table) {
      it(sentence, () => assert.deepEqual(outcomeOf(evidence), outcome));
    }

    const faults: Row<ExecutionFault>[] = [
      [
        'unattended is a lost host, although it ended well with a metric',
        { metrics: measured, exit: stoppedFor('unattended', 'no contact for 270 s') },
        { class: 'hostLost', message: 'The execution lost its watchers: no contact for 270 s' },
      ],
      [
        'for the host’s disk is a fault, although it ended well with a metric',
        { metrics: measured, exit: stoppedFor('diskFull', '1 GB is free') },
        { class: 'diskFull', message: 'The execution found the disk full: 1 GB is free' },
      ],
      [
        'before its start, since no GPU could be used, is a fault of the device',
        { exit: { ...stoppedFor('deviceUnusable', 'cuInit failed: 802'), attempt: 1000 } },
        { class: 'deviceFault', message: 'The execution met a fault of its GPU: cuInit failed: 802' },
      ],
      [
        'before its start, since bubblewrap failed, is a fault of the sandbox',
        { exit: stoppedFor('sandboxFailed', 'bwrap: No permissions') },
        {
          class: 'sandboxMisconfigured',
          message: 'The execution could not be started in its sandbox: bwrap: No permissions',
        },
      ],
    ];
    for (const [sentence, evidence, fault] of faults) {
      it(sentence, () => assert.deepEqual(faultOf(evidence), fault));
    }
  });

  describe('that failed', () => {
    const table: Row<ExecutionOutcome>[] = [
      [
        'is crashed, whatever was measured',
        { metrics: { val_error: 'NaN' }, exit: anExit({ code: 3 }), output: outputs.valueError },
        { kind: 'crashed', exitCode: 3, signal: null, excerpt },
      ],
      [
        'is crashed where it survived another error',
        { exit: failed, output: outputs.torchOutOfGpuMemory + outputs.valueError },
        { kind: 'crashed', exitCode: 1, signal: null, excerpt },
      ],
      [
        'is out of GPU memory by the words of its last error',
        { metrics: measured, exit: failed, output: outputs.torchOutOfGpuMemory },
        { kind: 'outOfGpuMemory', excerpt },
      ],
      [
        'is out of host memory by the words of its last error',
        { metrics: measured, exit: failed, output: outputs.numpyOutOfMemory },
        { kind: 'outOfHostMemory', peakMemoryBytes: 1024, message: null, excerpt },
      ],
      [
        'is out of host memory by the abort of an allocation',
        { exit: endedBy('SIGABRT'), output: outputs.badAlloc },
        { kind: 'outOfHostMemory', peakMemoryBytes: 1024, message: null, excerpt },
      ],
      [
        'exceeded its shared memory by SIGBUS',
        { metrics: measured, exit: endedBy('SIGBUS'), output: outputs.busError },
        full('sharedMemory'),
      ],
      ['exceeded the size of a file by SIGXFSZ', { metrics: measured, exit: endedBy('SIGXFSZ') }, full('file')],
      ['exceeded the size of a file', { exit: failed, output: outputs.fileTooLarge }, full('file')],
      [
        'exceeded its shared memory, even where the disk is full too',
        { exit: failed, output: outputs.torchSharedMemoryFull, isDiskFull: true },
        full('sharedMemory'),
      ],
      [
        'exceeded its disk space where the host has some left',
        { exit: failed, output: outputs.noSpaceLeft },
        full('disk'),
      ],
    ];
    for (const [sentence, evidence, outcome] of table) {
      it(sentence, () => assert.deepEqual(outcomeOf(evidence), outcome));
    }

    it('for want of space on a full host is a fault, however often', () => {
      const exit = anExit({ code: 1, attempt: 1000 });
      assert.deepEqual(faultOf({ exit, output: outputs.noSpaceLeft, isDiskFull: true }), {
        class: 'diskFull',
        message: 'The execution found the disk full: OSError: [Errno 28] No space left on device',
      });
    });

    for (const [exit, output] of [
      [failed, outputs.cudaError('device-side assert triggered')],
      [endedBy('SIGABRT'), outputs.torchAbort('device-side assert triggered')],
    ] as const) {
      it(`in a kernel on the GPU (${exit.reason}) is crashed at once, with a hint how to find the line`, () => {
        const outcome = outcomeOf({ exit, output });
        assert.ok(outcome.kind === 'crashed', JSON.stringify(outcome));
        assert.match(outcome.note ?? '', /"CUDA_LAUNCH_BLOCKING"\] = "1"/);
      });
    }

    it('and blames the GPU is believed twice: a script may hide the GPU from itself', () => {
      const output = outputs.cudaError('no CUDA-capable device is detected');
      for (const attempt of [1, 2]) {
        const fault = faultOf({ exit: anExit({ code: 1, attempt }), output });
        assert.equal(fault.class, 'deviceFault');
        assert.match(fault.message, /^The execution met a fault of its GPU: RuntimeError: CUDA error: no CUDA-capable/);
      }
      const outcome = outcomeOf({ exit: anExit({ code: 1, attempt: 3 }), output });
      assert.ok(outcome.kind === 'crashed' && outcome.note?.includes('attempt 3'), JSON.stringify(outcome));
    });
  });

  describe('that was ended by a signal', () => {
    for (const [signal, output] of [
      ['SIGSEGV', outputs.segmentationFault],
      ['SIGABRT', outputs.aborted],
      ['SIGILL', ''],
      ['SIGFPE', ''],
      ['SIGTRAP', ''],
    ] as const) {
      it(`of native code (${signal}) is tried again once, then told`, () => {
        assert.deepEqual(faultOf({ exit: endedBy(signal), output }), {
          class: 'nativeCrash',
          message: `The execution crashed in native code: ${signal}`,
        });
        const outcome = outcomeOf({ metrics: measured, exit: endedBy(signal, 2), output });
        assert.deepEqual(outcome, { kind: 'nativeCrash', signal, excerpt });
      });
    }

    it('of native code is not judged by an error that it had printed before', () => {
      const output = outputs.torchOutOfGpuMemory + outputs.aborted;
      assert.equal(faultOf({ exit: endedBy('SIGABRT'), output }).class, 'nativeCrash');
      assert.equal(faultOf({ exit: endedBy('SIGSEGV'), output: outputs.torchOutOfGpuMemory }).class, 'nativeCrash');
    });

    for (const signal of ['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP']) {
      it(`of somebody else (${signal}) is tried again twice, and crashed the third time`, () => {
        for (const attempt of [1, 2]) {
          const fault = faultOf({ metrics: measured, exit: endedBy(signal, attempt) });
          assert.deepEqual(fault, {
            class: 'killedFromOutside',
            message: `The execution was killed from outside: ${signal}`,
          });
        }
        const outcome = outcomeOf({ metrics: measured, exit: endedBy(signal, 3) });
        assert.ok(outcome.kind === 'crashed' && outcome.signal === signal);
        assert.match(outcome.note ?? '', /not sent by Longrun, in attempt 3/);
      });
    }

    it('of any other kind is crashed', () => {
      const outcome = outcomeOf({ exit: endedBy('SIGPIPE') });
      assert.deepEqual(outcome, { kind: 'crashed', exitCode: null, signal: 'SIGPIPE', excerpt });
    });
  });

  it('makes one short line of a fault’s evidence, however long it is', () => {
    const { message } = faultOf({ exit: stoppedFor('sandboxFailed', 'bwrap:\n  no\n'.repeat(1000)) });
    assert.ok(message.length < 400 && !message.includes('\n'), message);
  });
});
