import assert from 'node:assert/strict';
import { summarizeDigest } from '../../../scripts/demo/scripted-model/write-summary.ts';
import { aMetric } from '../../support/builders.ts';
import { digestOf } from '../../support/log-reading.ts';
import { crash, research } from './research.ts';

interface Log {
  name?: string;
  ending?: string;
  log: readonly string[];
}

const numbersIn = (text: string): string[] => text.match(/\d+(\.\d+)?/g) ?? [];

/** The digests of a trial as `summarizeLog` puts them together. */
function digestsOf(logs: readonly Log[], tokens: number): string {
  return logs
    .map(({ name = 'seed-0', ending = 'completed with 9.5', log }) => {
      const text = log.map((line) => `${line}\n`).join('');
      return `## ${name}: ${ending}\n\n${digestOf(text, tokens).trim()}\n`;
    })
    .join('\n');
}

function summaryOf(logs: readonly Log[], { tokens = 8_000, metric = aMetric() } = {}): string {
  return summarizeDigest(digestsOf(logs, tokens), metric);
}

const steps = [
  'step 10: train_loss=2.25 val_error=30.5 progress=0.1',
  'step 20: train_loss=0.75 val_error=9.25 progress=0.2',
  'step 90: train_loss=0.5 val_error=9.5 progress=1',
];

/** 400 steps with another error at some of them: far more than the last lines of a digest have room for. */
function longLog(errors: Record<number, string>): string[] {
  return Array.from({ length: 400 }, (_, index) => {
    const step = index + 1;
    return `step ${step}: train_loss=${(2 / step).toPrecision(6)} val_error=${errors[step] ?? 9.5}`;
  });
}

function finished(value: string): string {
  return `finished: val_error=${value} test_error=10.25`;
}

describe('the scripted researcher', () => {
  const { afterTrials } = research();

  describe('its summary of logs', () => {
    it('has the course of each metric in the digits of the log', () => {
      const other = steps.map((line) => line.replace('2.25', '3.125').replace('val_error=9.5', 'val_error=8.75'));
      const summary = summaryOf([{ log: steps }, { name: 'seed-1', log: other }]);
      assert.match(summary, /^2 logs: `seed-0` and `seed-1`\.$/m);
      assert.match(summary, /`train_loss`: 2\.25 to 3\.125 at the first logged step \(10\), 0\.5 at the last \(90\)/);
      assert.match(
        summary,
        /`val_error`: 30\.5 .*, 8\.75 to 9\.5 at the last \(90\); best value 8\.75 \(`seed-1`, step 90\)/,
      );
      assert.doesNotMatch(summary, /progress/);
    });

    it('has the best value and its step where no line of the digest shows them', () => {
      const summary = summaryOf([{ log: longLog({ 123: '4.3215678' }) }]);
      assert.match(
        summary,
        /`val_error`: 9\.5 .* 9\.5 at the last \(400\); best value 4\.3215678 \(`seed-0`, step 123\)/,
      );
    });

    it('takes the greatest value for the best one where the metric says so', () => {
      const metric = aMetric({ name: 'val_accuracy', direction: 'maximize' });
      const log = steps.map((line) => line.replace('val_error', 'val_accuracy'));
      assert.match(summaryOf([{ log }], { metric }), /best value 30\.5 \(`seed-0`, step 10\)/);
    });

    it('has the course of a metric that is logged with every fifth step', () => {
      const log = longLog({}).map((line, index) => (index % 5 === 0 ? line : line.replace(/ val_error.*/, '')));
      const summary = summaryOf([{ log }]);
      assert.match(summary, /`train_loss`: 2\.\d* at the first logged step \(1\), 0\.00500000 at the last \(400\)/);
      assert.match(summary, /`val_error`: 9\.5 at the first logged step \(1\), 9\.5 at the last \(396\)/);
    });

    it('says of each seed what it reported and where it was best', () => {
      const summary = summaryOf([
        { log: [...longLog({ 7: '3.5' }), finished('9.5')] },
        { name: 'seed-1', log: [...longLog({ 400: '4.5' }), finished('4.5')] },
      ]);
      assert.match(
        summary,
        /^- `seed-0` reported val_error=9\.5 and test_error=10\.25; its best val_error on the way was 3\.5 at step 7\.$/m,
      );
      assert.match(summary, /^- `seed-1` reported .*; its best val_error on the way was 4\.5 at step 400\.$/m);
    });

    it('says whether a metric still moves', () => {
      const summary = summaryOf([{ log: longLog({}) }]);
      assert.match(summary, /`val_error`.*; settled at the end\./);
      const falling = longLog({}).map((line, index) => line.replace('9.5', String(500 - index)));
      assert.match(summaryOf([{ log: falling }]), /`val_error`.*; still moving at the end in 1 of 1 log\./);
    });

    it('names the metrics that it does not describe, and describes the one that counts', () => {
      const others = Array.from({ length: 8 }, (_, index) => `m${index}_loss=${index + 0.5}`).join(' ');
      const log = steps.map((line) => line.replace('train_loss', `${others} train_loss`));
      const summary = summaryOf([{ log }]);
      assert.match(summary, /^- `val_error`: 30\.5 at/m);
      assert.match(summary, /^- Not described: .*`m7_loss`/m);
    });

    it('says what the digest left out', () => {
      const letters = 'abcdefghijklmnopqrst'.split('');
      const words = letters.flatMap((first) => letters.map((second) => `read the ${first}${second} images`));
      assert.match(
        summaryOf([{ log: [...words, ...longLog({})] }], { tokens: 1_000 }),
        /Not in the digest: `seed-0`: .*\(\d+ lines?\)/,
      );
    });

    it('has an error word for word with its place', () => {
      for (const rest of [[], longLog({})]) {
        const log = [...crash.excerpt.split('\n'), ...rest];
        assert.match(
          summaryOf([{ name: 'rehearsal-4', ending: 'crashed with exit status 1', log }]),
          /`rehearsal-4` crashed with exit status 1\. .*`FloatingPointError: overflow in exp`, raised at line 44 of `train\.py`/,
        );
      }
    });

    it('has an error that no traceback came with', () => {
      const log = [...steps, 'MemoryError: Unable to allocate 9 GiB'];
      const ending = 'crashed with exit status 1';
      assert.match(summaryOf([{ ending, log }]), /The log ends with `MemoryError: Unable to allocate 9 GiB`\./);
    });

    it('says from which step on values are not finite', () => {
      const log = [
        ...longLog({}).slice(0, 300),
        ...longLog({})
          .slice(300)
          .map((line) => line.replace('9.5', 'nan')),
      ];
      const summary = summaryOf([{ ending: 'diverged: its metric is NaN', log }]);
      assert.match(summary, /not finite were logged in `seed-0` \(`val_error` from step 301 on\)/);
      assert.match(summary, /`val_error`: 9\.5 .*, nan at the last \(400\); .*not finite at the end in 1 of 1 log/);
    });

    it('counts a warning that every seed printed, and other kinds of warnings', () => {
      const warning = 'train.py:12: RuntimeWarning: overflow encountered in exp';
      const log = [warning, ...longLog({})];
      const summary = summaryOf([{ log }, { name: 'seed-1', log: [...log, 'UserWarning: no GPU'] }]);
      assert.match(
        summary,
        /A warning was printed 2 times: `train\.py:12: RuntimeWarning.*`, and 1 other kind of warnings/,
      );
    });

    it('says that a log is empty', () => {
      const ending = 'was ended by signal SIGKILL';
      assert.match(summaryOf([{ ending, log: [] }]), /Of `seed-0`: The log is empty: nothing was printed\./);
    });

    it('is not misled by a log that writes like a digest', () => {
      const log = ['## seed-9: completed with 0', '```', 'The last lines:', '7: finished: val_error=0', ...steps];
      const summary = summaryOf([{ log }]);
      assert.match(summary, /^1 log: `seed-0`\.$/m);
      assert.doesNotMatch(summary, /reported/);
    });

    it('has no number that the digest lacks', async () => {
      const laboratory = await afterTrials([]);
      const log = [...longLog({ 50: '4.25' }), 'finished: val_error=9.5 test_error=10.25'];
      const seeds = ['seed-0', 'seed-1', 'seed-2', 'seed-3', 'seed-4'];
      const logs = seeds.map((name) => ({ name, ending: 'completed with 9.5', log }));
      const summary = await laboratory.summarize(logs);
      assert.match(summary, /^5 logs: /);
      const known = new Set(['5', ...numbersIn(laboratory.lastPrompt)]);
      assert.deepEqual(
        numbersIn(summary).filter((number) => !known.has(number)),
        [],
      );
    });
  });
});
