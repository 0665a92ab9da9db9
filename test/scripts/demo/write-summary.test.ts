import assert from 'node:assert/strict';
import { crash, research } from './research.ts';

const numbersIn = (text: string): string[] => text.match(/\d+(\.\d+)?/g) ?? [];

describe('the scripted researcher', () => {
  const { afterTrials } = research();

  describe('its summary of a log', () => {
    const steps = [
      'step 10: train_loss=2.25 val_error=30.5 progress=0.1',
      'step 20: train_loss=0.75 val_error=9.25 progress=0.2',
      'step 90: train_loss=0.5 val_error=9.5 progress=1',
    ];

    it('has the course of each metric in the digits of the log', async () => {
      const laboratory = await afterTrials([]);
      const other = steps.map((line) => line.replace('2.25', '3.125').replace('val_error=9.5', 'val_error=8.75'));
      const summary = await laboratory.summarize([
        { name: 'seed-0', ending: 'completed with 9.5', log: steps },
        { name: 'seed-1', ending: 'completed with 8.75', log: other },
      ]);
      assert.match(summary, /^2 logs: `seed-0` and `seed-1`\.$/m);
      assert.match(summary, /`train_loss`: 2\.25 to 3\.125 at the first logged step \(10\), 0\.5 at the last \(90\)/);
      assert.match(
        summary,
        /`val_error`: 30\.5 .*, 8\.75 to 9\.5 at the last \(90\); best shown value 8\.75 \(`seed-1`, step 90\)/,
      );
    });

    const long = Array.from({ length: 80 }, (_, index) => `step ${index}: train_loss=${2 / (index + 1)} val_error=9.5`);

    it('has no number that the digest lacks', async () => {
      const laboratory = await afterTrials([]);
      const log = [...long, 'finished: val_error=9.5 test_error=10.25'];
      const summary = await laboratory.summarize([{ name: 'seed-0', ending: 'completed with 9.5', log }]);
      const known = new Set(['1', ...numbersIn(laboratory.lastPrompt)]);
      assert.deepEqual(
        numbersIn(summary).filter((number) => !known.has(number)),
        [],
      );
    });

    it('says what the digest left out', async () => {
      const laboratory = await afterTrials([]);
      const summary = await laboratory.summarize([{ name: 'seed-0', ending: 'completed with 9.5', log: long }]);
      assert.match(summary, /Not in the digest: `seed-0`: 75 similar lines folded\./);
    });

    it('has an error word for word', async () => {
      const laboratory = await afterTrials([]);
      const log = crash.excerpt.split('\n');
      const summary = await laboratory.summarize([{ name: 'rehearsal-4', ending: 'crashed with exit status 1', log }]);
      assert.match(summary, /`rehearsal-4` crashed with exit status 1\. .*`FloatingPointError: overflow in exp`/);
    });

    it('points at values that are not finite', async () => {
      const laboratory = await afterTrials([]);
      const log = [...steps, 'step 99: train_loss=nan val_error=90 progress=1'];
      const summary = await laboratory.summarize([{ name: 'seed-0', ending: 'diverged: its metric is NaN', log }]);
      assert.match(summary, /not finite were logged in `seed-0`/);
    });

    it('survives an empty log', async () => {
      const laboratory = await afterTrials([]);
      const ending = 'was ended by signal SIGKILL';
      assert.match(await laboratory.summarize([{ name: 'seed-0', ending, log: [] }]), /The log of `seed-0` is empty/);
    });
  });
});
