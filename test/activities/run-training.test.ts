import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { attemptFolder } from '../../activities/execution-place.ts';
import type { ExecutionRequest } from '../../activities/execution-request.ts';
import type { Execution } from '../../workflows/domain/execution.ts';
import { failureType } from '../../workflows/domain/failure-type.ts';
import { failureOf } from '../support/failures.ts';
import { folderContent } from '../support/folder-content.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { aRequest, endTrainings, hostDependencies, watch } from '../support/training.ts';

describe('runTraining', () => {
  const folder = temporaryFolder(endTrainings);

  async function run(script: string, overrides: Partial<ExecutionRequest> = {}): Promise<Execution> {
    const dependencies = hostDependencies(folder());
    return await watch(dependencies, await aRequest(dependencies, script, overrides)).result;
  }

  /** What the first placement has published. */
  const artifact = (path: string) =>
    readFile(
      join(folder(), 'artifacts', 'digits', attemptFolder({ trial: 1, name: 'seed-0' }, 1, 'some-host'), path),
      'utf8',
    );

  describe('a training', () => {
    it('that finishes is completed with its metric, its step and its log', async () => {
      const execution = await run('import longrun\nlongrun.log(7, loss=1)\nlongrun.finish(val_error=2.5, loss=0.5)\n');
      const { name, outcome, host, step, metrics } = execution;
      assert.deepEqual(
        { name, outcome, host, step, metrics },
        {
          name: 'seed-0',
          outcome: { kind: 'completed', metric: 2.5 },
          host: 'some-host',
          step: 7,
          metrics: { val_error: 2.5, loss: 0.5 },
        },
      );
      assert.equal(execution.log.path, 'trials/001/seed-0/log.txt');
    });

    it('leaves its log, its metrics and its result in the artifact folder', async () => {
      const { log } = await run(
        'import longrun\nprint("hello")\nlongrun.log(7, loss=1)\nlongrun.finish(val_error=2.5)\n',
      );
      const content = await artifact('log.txt');
      assert.deepEqual([content, log.bytes], ['hello\nstep 7: loss=1\nfinished: val_error=2.5\n', content.length]);
      assert.deepEqual(JSON.parse(await artifact('metrics.jsonl')).metrics, { loss: 1 });
      const { outcome, exit, host } = JSON.parse(await artifact('result.json'));
      assert.deepEqual([outcome, exit.reason, host], [{ kind: 'completed', metric: 2.5 }, 'exited', 'some-host']);
    });

    it('is told its seed, its deadline and whether it is a rehearsal', async () => {
      const script =
        'import longrun\nlongrun.finish(val_error=longrun.seed, rehearsal=longrun.rehearsal, left=longrun.time_left() > 90)\n';
      const { metrics } = await run(script, { seed: 17, isRehearsal: true, deadlineSeconds: 100 });
      assert.deepEqual(metrics, { val_error: 17, rehearsal: 1, left: 1 });
    });

    it('that raises an error is crashed, with the traceback as data', async () => {
      const { outcome } = await run('import longrun\n\ndef main():\n    return 1 / 0\n\nmain()\n');
      assert.ok(outcome.kind === 'crashed');
      assert.deepEqual([outcome.exitCode, outcome.signal], [1, null]);
      assert.match(outcome.excerpt, /line 4, in main[\s\S]*ZeroDivisionError: division by zero$/);
    });

    it('does not tell in its traceback where on the host it ran', async () => {
      const { outcome } = await run('raise ValueError("no")\n');
      assert.ok(outcome.kind === 'crashed' && !outcome.excerpt.includes(folder()), JSON.stringify(outcome));
    });

    it('that somebody kills goes on in the next attempt, and after two of them it is for the model', async () => {
      const script = 'import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n';
      for (const _attempt of [1, 2]) {
        const { type, details } = await failureOf(run(script));
        assert.deepEqual({ type, details }, { type: failureType.killedFromOutside, details: [{ host: 'some-host' }] });
      }
      const { outcome } = await run(script);
      assert.ok(outcome.kind === 'crashed');
      assert.equal(outcome.signal, 'SIGKILL');
    });

    it('that ends well without the metric says what it reported instead', async () => {
      const { outcome } = await run('import longrun\nprint("done")\nlongrun.finish(accuracy=0.5)\n');
      assert.ok(outcome.kind === 'missingMetric');
      assert.deepEqual(outcome.reported, ['accuracy']);
      assert.match(outcome.excerpt, /^done\n/);
    });

    it('without the harness is measured by its METRIC lines', async () => {
      const { outcome, step } = await run('print("METRIC val_error=9")\nprint("x")\nprint("METRIC val_error=3.25")\n');
      assert.deepEqual([outcome, step], [{ kind: 'completed', metric: 3.25 }, null]);
    });

    it('is measured by what it finished with, before METRIC lines and logged values', async () => {
      const { metrics } = await run(
        [
          'import longrun',
          'longrun.log(1, val_error=1, logged=1, printed=1)',
          'print("METRIC val_error=2")',
          'print("METRIC printed=2")',
          'longrun.finish(val_error=3)',
        ].join('\n'),
      );
      assert.deepEqual(metrics, { val_error: 3, printed: 2, logged: 1 });
    });

    it('whose metric is NaN is diverged, although its exit status is 0', async () => {
      const { outcome } = await run('import longrun\nlongrun.finish(val_error=float("nan"))\n');
      assert.ok(outcome.kind === 'diverged');
      assert.equal(outcome.value, 'NaN');
    });

    it('that puts a folder in the place of its script is tried again all the same', async () => {
      const script =
        'import os, signal\nos.unlink("train.py")\nos.mkdir("train.py")\nopen("train.py/x", "w")\nos.kill(os.getpid(), signal.SIGKILL)\n';
      for (const _attempt of [1, 2]) await failureOf(run(script));
      assert.equal((await run(script)).outcome.kind, 'crashed');
    });

    it('shows the end of a long output, and says how much came before', async () => {
      const { outcome } = await run('print("x" * 600_000)\nprint("\\x1b[31m\\x07bell")\nraise ValueError("the end")\n');
      assert.ok(outcome.kind === 'crashed');
      assert.match(outcome.excerpt, /^\[about \d+ characters of output before this\]\n/);
      assert.match(outcome.excerpt, /ValueError: the end$/);
      assert.ok(Buffer.byteLength(JSON.stringify(outcome)) < 16 * 1024);
    });

    it('publishes no file that its script put in the place of the metrics by a link', async () => {
      const secret = join(folder(), 'secret');
      const script = `import os, longrun\nopen(${JSON.stringify(secret)}, "w").write("secret")\nos.symlink(${JSON.stringify(secret)}, "metrics.jsonl")\nlongrun.finish(val_error=1)\n`;
      assert.equal((await run(script)).outcome.kind, 'completed');
      const published = await folderContent(
        join(folder(), 'artifacts', 'digits', attemptFolder({ trial: 1, name: 'seed-0' }, 1, 'some-host')),
      );
      assert.deepEqual(Object.keys(published).toSorted(), ['log.txt', 'result.json']);
    });

    it('is refused under the name of another one', async () => {
      await run('print("METRIC val_error=1")\n');
      const failure = await failureOf(run('print("METRIC val_error=1")\n', { seed: 1 }));
      assert.deepEqual([failure.type, failure.nonRetryable], [failureType.executionRefused, true]);
    });

    describe('beside a worker that holds keys', () => {
      const secrets = {
        OPENAI_API_KEY: 'sk-secret-1',
        ANTHROPIC_API_KEY: 'sk-secret-2',
        TEMPORAL_API_KEY: 'sk-secret-3',
      };
      const before = Object.keys(secrets).map((name) => [name, process.env[name]] as const);
      beforeEach(() => Object.assign(process.env, secrets));
      afterEach(() => {
        for (const [name, value] of before) {
          if (value === undefined) delete process.env[name];
          else process.env[name] = value;
        }
      });

      it('has none of them in its environment', async () => {
        const script =
          'import os\nfor name, value in os.environ.items(): print(name, value)\nprint("METRIC val_error=1")\n';
        await run(script);
        const log = await artifact('log.txt');
        assert.match(log, /^LONGRUN_SEED 0$/m);
        assert.doesNotMatch(log, /sk-secret|API_KEY/);
      });
    });
  });
});
