import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { ApplicationFailure } from '@temporalio/common';
import { failureOf, runToEnd, trainings } from '../support/run-experiment.ts';
import { crashedExecution, measuredExecution } from '../support/scripted-activities.ts';

describe('a trial whose script may fail', () => {
  it("sends a script that does not compile back with the compiler's words", async () => {
    let checks = 0;
    const { inputsOf } = await runToEnd({
      ...trainings(1),
      async checkTrainingScript() {
        checks += 1;
        return checks === 1
          ? { kind: 'syntaxError', excerpt: 'line 3: invalid syntax' }
          : { kind: 'compiles', declaresPackages: false };
      },
    });
    const [first, second] = inputsOf('writeTrainingScript');
    assert.equal(first?.['fault'], null);
    assert.match(JSON.stringify(second?.['fault']), /line 3: invalid syntax/);
    assert.equal(inputsOf('rehearseTraining').length, 1);
  });

  it('sends a script whose packages cannot be had back with their names, before its rehearsal', async () => {
    let installations = 0;
    const { inputsOf } = await runToEnd({
      ...trainings(1),
      async checkTrainingScript() {
        return { kind: 'compiles', declaresPackages: true };
      },
      async installPackages() {
        installations += 1;
        const lock = { path: 'train.py.lock', sha256: '2'.repeat(64), bytes: 1 };
        return installations === 1
          ? { kind: 'packagesRefused', excerpt: 'flash-attn is not allowed' }
          : { kind: 'installed', lock };
      },
    });
    assert.match(JSON.stringify(inputsOf('writeTrainingScript')[1]?.['fault']), /flash-attn is not allowed/);
    assert.equal(inputsOf('rehearseTraining').length, 1);
    assert.match(JSON.stringify(inputsOf('runTraining')[0]?.['lock']), /train\.py\.lock/);
  });

  it('sends a script whose rehearsal failed back with its traceback, before any training', async () => {
    let rehearsals = 0;
    const { inputsOf, calls } = await runToEnd({
      ...trainings(1),
      async rehearseTraining({ name }) {
        rehearsals += 1;
        return rehearsals === 1 ? crashedExecution('IndexError: shape mismatch', name) : measuredExecution(9, name);
      },
    });
    assert.match(JSON.stringify(inputsOf('writeTrainingScript')[1]?.['fault']), /IndexError: shape mismatch/);
    const order = calls
      .map(({ activity }) => activity)
      .filter((name) => name === 'rehearseTraining' || name === 'runTraining');
    assert.deepEqual(order, ['rehearseTraining', 'rehearseTraining', 'runTraining']);
  });

  it('gives a trial up after four faulty scripts, and mends it in the next', async () => {
    let rehearsals = 0;
    const { inputsOf } = await runToEnd({
      ...trainings(1),
      async rehearseTraining({ name }) {
        rehearsals += 1;
        return rehearsals <= 4 ? crashedExecution('ValueError', name) : measuredExecution(9, name);
      },
    });
    const written = inputsOf('writeTrainingScript');
    assert.deepEqual(
      written.map(({ number }) => number),
      [1, 1, 1, 1, 2],
    );
    assert.deepEqual(written.at(-1)?.['step'], { kind: 'debug', parent: 1 });
  });

  it('makes a training that crashed the work of the next trial', async () => {
    let ran = 0;
    const { inputsOf, result } = await runToEnd({
      async runTraining({ name }) {
        ran += 1;
        return ran === 1 ? crashedExecution('CUDA out of memory', name) : measuredExecution(1, name);
      },
    });
    assert.deepEqual(inputsOf('writeTrainingScript')[1]?.['step'], { kind: 'debug', parent: 1 });
    assert.match(JSON.stringify(inputsOf('analyzeTrial')[0]?.['outcome']), /CUDA out of memory/);
    assert.equal(result.bestTrial?.trial, 2);
  });

  it('waits for its other trainings when one of them fails for good', async () => {
    let hasEnded = false;
    await failureOf(
      {
        async runTraining({ name }) {
          if (name === 'seed-0') throw ApplicationFailure.nonRetryable('no sandbox here', 'SandboxUnavailable');
          await delay(500);
          hasEnded = true;
          return measuredExecution(1, name);
        },
      },
      { idea: 'Try it.', seeds: 2 },
    );
    assert.equal(hasEnded, true);
  });

  it('trains once for every seed and judges the mean', async () => {
    const { result, inputsOf } = await runToEnd(trainings(1, 2, 3), { idea: 'Try it.', seeds: 3 });
    assert.deepEqual(
      inputsOf('runTraining')
        .map(({ seed }) => Number(seed))
        .toSorted((a, b) => a - b),
      [0, 1, 2],
    );
    assert.equal(result.bestTrial?.mean, 2);
    assert.equal(result.bestTrial?.seeds, 3);
  });
});
