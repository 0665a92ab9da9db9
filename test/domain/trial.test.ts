import assert from 'node:assert/strict';
import type { ExecutionOutcome } from '../../workflows/domain/execution.ts';
import {
  describeOutcome,
  describeScriptFailure,
  paddedNumber,
  trialOutcome,
  trialWorkflowId,
  type FailedExecution,
} from '../../workflows/domain/trial.ts';
import { aMeasurement, anExecution } from '../support/builders.ts';

const outcomeOf = (...outcomes: ExecutionOutcome[]) =>
  trialOutcome(outcomes.map((outcome) => anExecution({ outcome })));
const completed = (metric: number): ExecutionOutcome => ({ kind: 'completed', metric });
const timedOut: FailedExecution = { kind: 'timedOut', excerpt: 'slow' };
const diverged: FailedExecution = { kind: 'diverged', value: 'NaN', excerpt: 'x' };

describe('the outcome of a trial', () => {
  it('of one seed is its metric without a spread', () => {
    assert.deepEqual(outcomeOf(completed(2.5)), {
      kind: 'completed',
      mean: 2.5,
      standardDeviation: null,
      values: [2.5],
    });
  });

  it('of several seeds is their mean and sample deviation, and keeps every value in order', () => {
    assert.deepEqual(outcomeOf(completed(1), completed(4)), {
      kind: 'completed',
      mean: 2.5,
      standardDeviation: 2.12132,
      values: [1, 4],
    });
  });

  it('is the failure of the first seed that failed, with the number of those that completed', () => {
    assert.deepEqual(outcomeOf(completed(1), timedOut, diverged, completed(2)), {
      kind: 'trainingFailed',
      seed: 1,
      failure: timedOut,
      completedSeeds: 2,
    });
  });

  it('is stopped when any seed was stopped, even beside a failure', () => {
    assert.deepEqual(outcomeOf(timedOut, completed(1), { kind: 'stopped' }), { kind: 'stopped' });
  });
});

describe('the description of a trial', () => {
  it('has mean, deviation and seeds', () => {
    const measurement = aMeasurement({ mean: 2.54321, standardDeviation: 0.21234, values: [1, 2, 3] });
    assert.equal(describeOutcome(measurement), '2.543 ± 0.212 (3 seeds)');
  });

  it('has no spread for one seed', () => {
    assert.equal(describeOutcome(aMeasurement({ mean: 5 })), '5.000 (1 seed)');
  });

  it('says why there is no script', () => {
    assert.equal(describeOutcome({ kind: 'unwritten', problem: 'no fence' }), 'no usable script: no fence');
  });

  it('says how the rehearsal failed', () => {
    assert.equal(
      describeOutcome({ kind: 'rehearsalFailed', failure: timedOut }),
      'its rehearsal reached its deadline before it reported the metric',
    );
  });

  it('says of a script with a syntax error that it does not compile', () => {
    assert.equal(describeScriptFailure({ kind: 'syntaxError', excerpt: 'line 3' }), 'the script does not compile');
  });

  it('names the seed whose training failed', () => {
    assert.equal(
      describeOutcome({ kind: 'trainingFailed', seed: 2, failure: diverged, completedSeeds: 2 }),
      'its training with seed 2 diverged: its metric is NaN',
    );
  });

  it('says that it was stopped', () => {
    assert.equal(describeOutcome({ kind: 'stopped' }), 'stopped on request');
  });
});

describe('the name of a trial', () => {
  it('has a number of three digits, and more where needed', () => {
    assert.deepEqual([7, 42, 1234].map(paddedNumber), ['007', '042', '1234']);
  });

  it('begins with the id of its experiment', () => {
    assert.equal(trialWorkflowId('digits', 7), 'digits-trial-007');
  });
});
