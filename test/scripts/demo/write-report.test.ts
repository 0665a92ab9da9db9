import assert from 'node:assert/strict';
import { aMetric } from '../../support/builders.ts';
import { crash, measured, research, titles } from './research.ts';

describe('the scripted researcher', () => {
  const { aLaboratory, afterTrials } = research();

  describe('its report', () => {
    it('sorts the trials by what they were measured to be', async () => {
      const laboratory = await afterTrials([
        [titles.baseline, 6],
        [titles.hiddenLayer, 4.5],
        [titles.wider, 4.45],
        [titles.augmentation, 7],
        [titles.long, 1.5],
      ]);
      const report = await laboratory.report({ verdict: 'goalReached', reason: 'trial 5 has val_error 1.5, target 2' });
      const partOf = (heading: string): string => report.split(`### ${heading}\n`)[1]?.split('###')[0] ?? '';
      assert.match(report, /^The aim is reached: .* Trial 5 .*: 1\.500 ± 0\.100 \(3 seeds\)/);
      assert.match(partOf('What helped'), /trial 2.*4\.500[\s\S]*trial 5.*1\.500/);
      assert.doesNotMatch(partOf('What helped'), /\(trial [134]\)/);
      assert.match(partOf('What made no difference beyond noise'), /trial 3.*4\.450/);
      assert.match(partOf('What did not help'), /trial 4.*7\.000/);
    });

    it('does not call an aim reached that was missed', async () => {
      const laboratory = await afterTrials([[titles.baseline, 6]]);
      const report = await laboratory.report({ verdict: 'budgetSpent', reason: 'all 1 trials are used' });
      assert.match(report, /^The aim is not reached/);
      assert.match(report, /ended with budget spent: all 1 trials are used/);
    });

    it('says so when nothing was measured', async () => {
      const laboratory = await afterTrials([]);
      await laboratory.conclude(titles.baseline, { kind: 'rehearsalFailed', failure: crash });
      const report = await laboratory.report({ verdict: 'stopped', reason: 'somebody asked to stop' });
      assert.match(report, /no trial has measured val_error/);
      assert.match(report, /### What failed\n\n- Trial 1 .*FloatingPointError/);
    });

    it('tells of a script that had to be mended', async () => {
      const laboratory = await afterTrials([]);
      await laboratory.script();
      await laboratory.script(crash);
      await laboratory.conclude(titles.baseline, measured(6));
      const report = await laboratory.report({ verdict: 'budgetSpent', reason: 'all 1 trials are used' });
      assert.match(report, /An earlier script of trial 1 .*`FloatingPointError: overflow in exp`.* It was mended/);
    });
  });

  /** Everything that is written in an experiment whose trials measure these means. */
  async function textsFor(name: string, means: number[]): Promise<string> {
    const laboratory = aLaboratory(aMetric({ name, target: 1 }));
    await laboratory.plan({ metric: laboratory.metric });
    let texts = laboratory.lastText;
    for (const [index, mean] of means.entries()) {
      const { verdict, reason } = await laboratory.conclude(Object.values(titles)[index] ?? '', measured(mean));
      texts += laboratory.lastText;
      if (verdict === 'revisePlan') await laboratory.revise(reason);
      texts += laboratory.lastText;
      await laboratory.script();
      texts += laboratory.lastText;
    }
    return texts + (await laboratory.report({ verdict: 'budgetSpent', reason: 'no trials are left' }));
  }

  it('writes other values and none of the old ones when other values were measured', async () => {
    const one = await textsFor('val_error', [6.125, 4.5, 4.375]);
    const other = await textsFor('loss_on_validation', [8.875, 3.625, 3.75]);
    for (const value of ['6.125', '4.500', '4.375', 'val_error 6']) assert.ok(one.includes(value), value);
    for (const value of ['8.875', '3.625', '3.750', 'loss_on_validation']) assert.ok(other.includes(value), value);
    for (const value of ['6.125', '4.500', '4.375', 'val_error 6']) assert.ok(!other.includes(value), value);
    for (const value of ['8.875', '3.625', '3.750', 'loss_on_validation']) assert.ok(!one.includes(value), value);
  });
});
