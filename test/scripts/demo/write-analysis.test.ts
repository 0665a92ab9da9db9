import assert from 'node:assert/strict';
import { aMeasurement, aMetric } from '../../support/builders.ts';
import { crash, measured, research, titles } from './research.ts';

const oneSeed = (mean: number) => aMeasurement({ mean, values: [mean] });

describe('the scripted researcher', () => {
  const { afterTrials } = research();

  describe('its analysis', () => {
    it('of a first value has nothing to compare it with', async () => {
      const laboratory = await afterTrials([]);
      const { finding, verdict } = await laboratory.conclude(titles.baseline, measured(6.25));
      assert.equal(finding, 'Softmax regression gives val_error 6.250 ± 0.100 (3 seeds), the first measured trial.');
      assert.equal(verdict, 'continue');
    });

    it('calls a clear difference an improvement and goes on', async () => {
      const laboratory = await afterTrials([[titles.baseline, 6]]);
      const { finding, verdict } = await laboratory.conclude(titles.hiddenLayer, measured(4.5));
      assert.match(finding, /4\.500 ± 0\.100 \(3 seeds\), better than trial 1 by 1\.50 \(18\.4 standard errors\)\.$/);
      assert.equal(verdict, 'continue');
      assert.match(laboratory.lastText, /an improvement over trial 1/);
    });

    it('calls a difference within noise noise and asks for another plan', async () => {
      const laboratory = await afterTrials([
        [titles.baseline, 6],
        [titles.hiddenLayer, 4.5],
      ]);
      const { verdict, reason } = await laboratory.conclude(titles.wider, measured(4.45));
      assert.equal(verdict, 'revisePlan');
      assert.match(reason, /^capacity is not what limits the result: .* within noise of trial 2, differing by 0\.0500/);
      assert.match(laboratory.lastText, /no improvement, whatever its sign/);
      assert.doesNotMatch(laboratory.lastText, /better|an improvement over/);
    });

    it('asks for no other plan when nothing else is left to try', async () => {
      const everything = Object.values(titles).map((title, index): [string, number] => [title, 9 - index]);
      const laboratory = await afterTrials(everything);
      const { verdict, reason } = await laboratory.conclude(`Again: ${titles.long}`, measured(5));
      assert.equal(verdict, 'continue');
      assert.match(reason, /nothing new is left to try/);
    });

    it('calls a worse result a step back', async () => {
      const laboratory = await afterTrials([[titles.baseline, 6]]);
      const { finding, verdict } = await laboratory.conclude(titles.hiddenLayer, measured(8));
      assert.match(finding, /worse than trial 1 by 2\.00/);
      assert.equal(verdict, 'continue');
      assert.match(laboratory.lastText, /step back/);
    });

    it('judges by the direction of the metric', async () => {
      const metric = aMetric({ name: 'val_accuracy', direction: 'maximize', target: 99 });
      const laboratory = await afterTrials([[titles.baseline, 90]], metric);
      const { finding, verdict } = await laboratory.conclude(titles.hiddenLayer, measured(99.5));
      assert.match(finding, /val_accuracy 99\.50 .*better than trial 1/);
      assert.equal(verdict, 'goalReached');
    });

    it('finds the goal reached by a measured value, and not otherwise', async () => {
      const laboratory = await afterTrials([[titles.baseline, 6]]);
      assert.equal((await laboratory.conclude(titles.hiddenLayer, measured(2.01))).verdict, 'continue');
      assert.equal((await laboratory.conclude(titles.wider, measured(1.5))).verdict, 'goalReached');
    });

    it('claims nothing about noise where only one seed was run', async () => {
      const laboratory = await afterTrials([]);
      await laboratory.conclude(titles.baseline, oneSeed(6));
      const { finding } = await laboratory.conclude(titles.hiddenLayer, oneSeed(5));
      assert.match(finding, /5\.000 \(1 seed\), better than trial 1 by 1\.00 \(spread unknown\)/);
      assert.match(laboratory.lastText, /without a spread on both sides nothing is known about noise/);
    });

    it('of a failure names its cause from the traceback', async () => {
      const laboratory = await afterTrials([[titles.baseline, 6]]);
      const failed = { kind: 'rehearsalFailed', failure: crash } as const;
      const { finding, verdict, taskUpdates } = await laboratory.conclude(titles.hiddenLayer, failed);
      assert.match(
        finding,
        /its rehearsal crashed with exit status 1\. The cause is `FloatingPointError: overflow in exp`/,
      );
      assert.equal(verdict, 'continue');
      assert.deepEqual(taskUpdates, []);
    });

    it('of a divergence says what was measured instead', async () => {
      const laboratory = await afterTrials([[titles.baseline, 6]]);
      const failure = { kind: 'diverged', value: 'NaN', excerpt: 'step 9: train_loss=nan' } as const;
      const outcome = { kind: 'trainingFailed', seed: 2, failure, completedSeeds: 2 } as const;
      const { finding } = await laboratory.conclude(titles.hiddenLayer, outcome);
      assert.match(finding, /its training with seed 2 diverged: its metric is NaN\.$/);
    });

    it('marks the task of the trial as done, by its id', async () => {
      const laboratory = await afterTrials([]);
      laboratory.tasks = laboratory.tasks.map((task) => ({ ...task, id: task.id + 40 }));
      const { taskUpdates } = await laboratory.conclude(titles.baseline, measured(6));
      assert.deepEqual(taskUpdates, [{ id: 41, status: 'done' }]);
    });

    const log = Array.from({ length: 201 }, (_, step) => `step ${step}: train_loss=${2.5 / (step + 1)} val_error=6`);
    const ending = 'completed with 6';
    const fit = /began at 2\.5 and ended at 0\.01\d+\. The training images are fitted almost completely/;

    it('reads the fit from the summary of the logs', async () => {
      const laboratory = await afterTrials([]);
      const seeds = ['seed-0', 'seed-1', 'seed-2', 'seed-3', 'seed-4'];
      const summary = await laboratory.summarize(seeds.map((name) => ({ name, ending, log })));
      assert.match(summary, /^5 logs/);
      await laboratory.conclude(titles.baseline, measured(6));
      assert.match(laboratory.lastText, fit);
    });

    it('reads the fit from a digest that is short enough to be its own summary', async () => {
      const laboratory = await afterTrials([]);
      const digest = await laboratory.summarize([
        { name: 'seed-0', ending, log: [...log.slice(0, 1), ...log.slice(-1)] },
      ]);
      assert.match(digest, /^## seed-0: completed with 6\n/);
      await laboratory.conclude(titles.baseline, measured(6));
      assert.match(laboratory.lastText, fit);
    });

    it('of a trial under an unknown title is judged by its values all the same', async () => {
      const laboratory = await afterTrials([[titles.baseline, 6]]);
      const { finding } = await laboratory.conclude('Something else', measured(5));
      assert.match(finding, /^Something else gives val_error 5\.000/);
    });
  });
});
