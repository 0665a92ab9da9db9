import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Metric } from '../../../workflows/schema/metric.ts';
import { research, titles } from './research.ts';

describe('the scripted researcher', () => {
  const { aLaboratory, afterTrials } = research();

  describe('its plan', () => {
    it('takes name, direction and target of the metric from the idea', async () => {
      const laboratory = aLaboratory();
      const idea = 'Recognise digits; the measure is `val_accuracy`, and it should be at least 97.5.';
      const { metric } = await laboratory.plan({ idea });
      assert.deepEqual(metric, { name: 'val_accuracy', direction: 'maximize', target: 97.5 });
    });

    it('repeats a metric that a person required', async () => {
      const laboratory = aLaboratory();
      const required: Metric = { name: 'val_loss', direction: 'minimize', target: 0.25 };
      assert.deepEqual((await laboratory.plan({ metric: required })).metric, required);
    });

    it('quotes the host that it was given', async () => {
      const laboratory = await afterTrials([]);
      assert.match(laboratory.lastText, /2 CPU cores, 8 GB of memory/);
    });

    it('reads the demo idea as it is meant', async () => {
      const idea = readFileSync(new URL('../../../scripts/demo/IDEA.md', import.meta.url), 'utf8');
      const { metric } = await aLaboratory().plan({ idea });
      assert.deepEqual(metric, { name: 'val_error', direction: 'minimize', target: 2 });
    });
  });

  describe('its revision of the plan', () => {
    const capacityIsExhausted: [string, number][] = [
      [titles.baseline, 6],
      [titles.hiddenLayer, 4.5],
      [titles.wider, 4.45],
    ];

    it('drops what only adds capacity and adds what is left', async () => {
      const laboratory = await afterTrials(capacityIsExhausted);
      assert.deepEqual(
        laboratory.tasks.map(({ title, status }) => `${status}: ${title}`),
        [
          'done: Measure softmax regression as the baseline',
          'done: Add one hidden layer of 128 units',
          'done: Double the hidden units to 256',
          'dropped: Add a second hidden layer',
          'open: Augment the training images with shifts, rotations and scaling',
          'open: Train on augmented images with Adam and dropout, wider and longer',
        ],
      );
    });

    it('gives the reason and the trial that shows it', async () => {
      const laboratory = await afterTrials(capacityIsExhausted);
      assert.match(
        laboratory.lastText,
        /## What changed\n\nCapacity is not what limits the result: .*\. Trial 3 \(Widen the hidden layer\) shows it with 4\.450/,
      );
    });

    it('keeps the researcher from a rung whose task it dropped', async () => {
      const laboratory = await afterTrials([
        [titles.baseline, 6],
        [titles.hiddenLayer, 5.95],
      ]);
      assert.equal((await laboratory.script()).title, titles.augmentation);
    });
  });
});
