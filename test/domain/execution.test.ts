import assert from 'node:assert/strict';
import {
  classifyExecution,
  describeExecution,
  type ExecutionEvidence,
  type ExecutionOutcome,
} from '../../workflows/domain/execution.ts';
import { anExit } from '../support/builders.ts';

function classify(evidence: Partial<ExecutionEvidence>): ExecutionOutcome {
  return classifyExecution({ exit: anExit(), metrics: {}, metricName: 'val_error', excerpt: 'the end', ...evidence });
}

const measured = { val_error: 2.5, loss: 1 };
const killed = anExit({ code: null, signal: 'SIGKILL', reason: 'signaled' });

const table: [sentence: string, evidence: Partial<ExecutionEvidence>, outcome: ExecutionOutcome][] = [
  ['exit status 0 with the metric is completed', { metrics: measured }, { kind: 'completed', metric: 2.5 }],
  ['a metric of 0 is a metric', { metrics: { val_error: 0 } }, { kind: 'completed', metric: 0 }],
  [
    'exit status 0 with NaN is diverged',
    { metrics: { val_error: 'NaN' } },
    { kind: 'diverged', value: 'NaN', excerpt: 'the end' },
  ],
  [
    'exit status 0 with infinity is diverged',
    { metrics: { val_error: '-Infinity' } },
    { kind: 'diverged', value: '-Infinity', excerpt: 'the end' },
  ],
  [
    'another metric that is NaN does not make it diverged',
    { metrics: { val_error: 1, loss: 'NaN' } },
    { kind: 'completed', metric: 1 },
  ],
  [
    'exit status 0 without the metric names what was reported instead',
    { metrics: { loss: 1, accuracy: 2 } },
    { kind: 'missingMetric', reported: ['loss', 'accuracy'], excerpt: 'the end' },
  ],
  [
    'another exit status is crashed, whatever was measured',
    { metrics: measured, exit: anExit({ code: 3 }) },
    { kind: 'crashed', exitCode: 3, signal: null, excerpt: 'the end' },
  ],
  [
    'an end by a signal is crashed, whatever was measured',
    { metrics: measured, exit: killed },
    { kind: 'crashed', exitCode: null, signal: 'SIGKILL', excerpt: 'the end' },
  ],
  [
    'a crash with NaN is crashed',
    { metrics: { val_error: 'NaN' }, exit: anExit({ code: 1 }) },
    { kind: 'crashed', exitCode: 1, signal: null, excerpt: 'the end' },
  ],
  [
    'the deadline with the metric and exit status 0 is completed',
    { metrics: measured, exit: anExit({ reason: 'deadline' }) },
    { kind: 'completed', metric: 2.5 },
  ],
  [
    'the deadline with NaN and exit status 0 is diverged',
    { metrics: { val_error: 'NaN' }, exit: anExit({ reason: 'deadline' }) },
    { kind: 'diverged', value: 'NaN', excerpt: 'the end' },
  ],
  [
    'the deadline without the metric is timed out',
    { exit: anExit({ reason: 'deadline' }) },
    { kind: 'timedOut', excerpt: 'the end' },
  ],
  [
    'the deadline with the metric but a kill is timed out',
    { metrics: measured, exit: { ...killed, reason: 'deadline' } },
    { kind: 'timedOut', excerpt: 'the end' },
  ],
  [
    'a stop is stopped, whatever was measured',
    { metrics: measured, exit: anExit({ reason: 'stopped' }) },
    { kind: 'stopped' },
  ],
  [
    'a process that could not be started is crashed with the reason',
    { exit: anExit({ reason: 'unstartable', code: null, message: 'no such file' }) },
    { kind: 'crashed', exitCode: null, signal: null, excerpt: 'no such file' },
  ],
];

describe('the class of an execution', () => {
  for (const [sentence, evidence, outcome] of table) {
    it(sentence, () => assert.deepEqual(classify(evidence), outcome));
  }

  it('names at most 20 of the metrics that were reported', () => {
    const metrics = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`metric_${index}`, index]));
    const outcome = classify({ metrics });
    assert.ok(outcome.kind === 'missingMetric');
    assert.deepEqual([outcome.reported.length, outcome.reported[19]], [20, 'metric_19']);
  });
});

describe('the description of an execution', () => {
  const sentences: [outcome: ExecutionOutcome, sentence: string][] = [
    [{ kind: 'completed', metric: 2.5 }, 'completed with 2.5'],
    [{ kind: 'crashed', exitCode: 1, signal: null, excerpt: '' }, 'crashed with exit status 1'],
    [{ kind: 'crashed', exitCode: null, signal: null, excerpt: '' }, 'crashed with exit status unknown'],
    [{ kind: 'crashed', exitCode: null, signal: 'SIGKILL', excerpt: '' }, 'was ended by signal SIGKILL'],
    [{ kind: 'diverged', value: 'NaN', excerpt: '' }, 'diverged: its metric is NaN'],
    [{ kind: 'missingMetric', reported: ['a', 'b'], excerpt: '' }, 'ended without the metric (it reported a, b)'],
    [{ kind: 'missingMetric', reported: [], excerpt: '' }, 'ended without the metric (it reported nothing)'],
    [{ kind: 'timedOut', excerpt: '' }, 'reached its deadline before it reported the metric'],
    [{ kind: 'stopped' }, 'was stopped on request'],
  ];
  for (const [outcome, sentence] of sentences) {
    it(`can be "${sentence}"`, () => assert.equal(describeExecution(outcome), sentence));
  }
});
