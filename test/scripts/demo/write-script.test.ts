import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { debugDepth } from '../../../workflows/domain/search-policy.ts';
import { crash, research, titles } from './research.ts';

const trainingScript = (name: string): string =>
  readFileSync(new URL(`../../../scripts/demo/training-scripts/${name}.py`, import.meta.url), 'utf8');

describe('the scripted researcher', () => {
  const { afterTrials } = research();

  describe('its script', () => {
    it('is the baseline with its bug at first', async () => {
      const laboratory = await afterTrials([]);
      assert.deepEqual(await laboratory.script(), {
        title: titles.baseline,
        script: trainingScript('baseline-with-bug'),
      });
    });

    it('is the mended baseline once that has failed, with the cause from the traceback', async () => {
      const laboratory = await afterTrials([]);
      await laboratory.script();
      assert.equal((await laboratory.script(crash)).script, trainingScript('baseline'));
      assert.match(laboratory.lastText, /`FloatingPointError: overflow in exp`, raised at line 44 .* in `evaluate`/);
    });

    it('is the mended one in a later trial too, under the same title', async () => {
      const laboratory = await afterTrials([[titles.baseline, 6]]);
      const first = await laboratory.script();
      assert.deepEqual(await laboratory.script(crash), first);
    });

    it('of a trial that mends a failed one is that of the failed one, without the bug', async () => {
      const laboratory = await afterTrials([]);
      await laboratory.script();
      await laboratory.conclude(titles.baseline, { kind: 'rehearsalFailed', failure: crash });
      assert.deepEqual(await laboratory.script(), { title: titles.baseline, script: trainingScript('baseline') });
    });

    const order: [keyof typeof titles, string][] = [
      ['baseline', 'baseline'],
      ['hiddenLayer', 'mlp'],
      ['wider', 'wider-mlp'],
      ['augmentation', 'augmentation'],
      ['long', 'target'],
    ];
    for (const [index, [name, file]] of order.entries()) {
      if (index === 0) continue;
      it(`is ${file}.py after the trials before it`, async () => {
        const trials = order.slice(0, index).map(([earlier], place): [string, number] => [titles[earlier], 9 - place]);
        const laboratory = await afterTrials(trials);
        assert.deepEqual(await laboratory.script(), { title: titles[name], script: trainingScript(file) });
      });
    }

    it('is the last one once more when everything was tried, and says so', async () => {
      const everything = Object.values(titles).map((title, index): [string, number] => [title, 9 - index]);
      const laboratory = await afterTrials(everything);
      const { title, script } = await laboratory.script();
      assert.equal(title, `Again: ${titles.long}`);
      assert.equal(script, trainingScript('target'));
      assert.match(
        laboratory.lastText,
        /once more, unchanged\. The best so far is trial 5 with 5\.000 ± 0\.100 \(3 seeds\)/,
      );
    });

    it('is written anew for a trial that was stopped', async () => {
      const laboratory = await afterTrials([[titles.baseline, 6]]);
      await laboratory.conclude(titles.hiddenLayer, { kind: 'stopped' });
      assert.equal((await laboratory.script()).title, titles.hiddenLayer);
    });

    it('goes on when a trial has failed more often than it is mended', async () => {
      const laboratory = await afterTrials([[titles.baseline, 6]]);
      const failed = { kind: 'rehearsalFailed', failure: crash } as const;
      for (let trial = 2; trial <= 2 + debugDepth; trial += 1) await laboratory.conclude(titles.hiddenLayer, failed);
      assert.equal((await laboratory.script()).title, titles.wider);
    });

    it('names the trial to beat with its measured values', async () => {
      const laboratory = await afterTrials([[titles.baseline, 6.25]]);
      await laboratory.script();
      assert.match(laboratory.lastText, /trial 1 \(Softmax regression baseline\) with 6\.250 ± 0\.100 \(3 seeds\)/);
    });
  });
});
