import assert from 'node:assert/strict';
import { appendFile, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { followMetrics, metricLines, readResult } from '../../activities/adapters/metrics-tail.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const line = (step: number, metrics: object) => JSON.stringify({ step, seconds: step / 10, metrics });

describe('what a script reports', () => {
  const folder = temporaryFolder();
  const metricsFile = () => join(folder(), 'metrics.jsonl');
  const resultFile = () => join(folder(), 'result.json');

  describe('the tail of the metrics', () => {
    it('is nothing before the script has logged anything', async () => {
      assert.equal(await followMetrics(metricsFile()).advance(), null);
    });

    it('is the newest line, and the newest value of every metric', async () => {
      await writeFile(metricsFile(), `${line(1, { loss: 5, error: 9 })}\n${line(2, { loss: 4 })}\n`);
      const tail = followMetrics(metricsFile());
      assert.deepEqual(await tail.advance(), { step: 2, seconds: 0.2, metrics: { loss: 4 } });
      assert.deepEqual(tail.values, { loss: 4, error: 9 });
    });

    it('waits for the rest of a line that is half written', async () => {
      const tail = followMetrics(metricsFile());
      const [start, end] = [line(3, { loss: 1 }).slice(0, 20), line(3, { loss: 1 }).slice(20)];
      await writeFile(metricsFile(), `${line(2, { loss: 2 })}\n${start}`);
      assert.equal((await tail.advance())?.step, 2);
      await appendFile(metricsFile(), `${end}\n`);
      assert.equal((await tail.advance())?.step, 3);
    });

    it('begins anew where the file was replaced, as a resumed training does', async () => {
      await writeFile(metricsFile(), `${line(1, { loss: 3 })}\n${line(2, { loss: 2 })}\n`);
      const tail = followMetrics(metricsFile());
      await tail.advance();
      await writeFile(
        `${metricsFile()}.new`,
        `${line(1, { loss: 3 })}\n${line(2, { loss: 8 })}\n${line(3, { loss: 7 })}\n`,
      );
      await rename(`${metricsFile()}.new`, metricsFile());
      assert.deepEqual(await tail.advance(), { step: 3, seconds: 0.3, metrics: { loss: 7 } });
    });

    it('says where a process began that went on from a checkpoint, and what those before it had used', async () => {
      await writeFile(metricsFile(), `${line(70, {})}\n${line(80, {})}\n`);
      const tail = followMetrics(metricsFile());
      await tail.advance();
      assert.deepEqual(tail.restarts, { earlierSeconds: 0, firstLine: null });
      const resumed = [71, 72].map((step) => JSON.stringify({ step, seconds: step - 70, metrics: {} }));
      const whole = [line(60, {}), line(70, {}), ...resumed, JSON.stringify({ step: 73, seconds: 1.5, metrics: {} })];
      await writeFile(`${metricsFile()}.new`, whole.map((text) => `${text}\n`).join(''));
      await rename(`${metricsFile()}.new`, metricsFile());
      await tail.advance();
      assert.deepEqual(tail.restarts, { earlierSeconds: 9, firstLine: { step: 73, seconds: 1.5, metrics: {} } });
    });

    it('skips lines that are no metrics', async () => {
      await writeFile(
        metricsFile(),
        `not json\n{"step": "x"}\n[]\n${line(1, { loss: 'high' })}\n${line(2, { loss: 'NaN' })}\n`,
      );
      const tail = followMetrics(metricsFile());
      await tail.advance();
      assert.deepEqual(tail.values, { loss: 'NaN' });
    });

    it('follows no link', async () => {
      await writeFile(join(folder(), 'elsewhere'), `${line(1, { loss: 1 })}\n`);
      await symlink(join(folder(), 'elsewhere'), metricsFile());
      assert.equal(await followMetrics(metricsFile()).advance(), null);
    });

    it('reads a file of several megabytes to its end', async () => {
      await writeFile(
        metricsFile(),
        Array.from({ length: 50_000 }, (_, step) => `${line(step, { loss: step })}\n`).join(''),
      );
      assert.equal((await followMetrics(metricsFile()).advance())?.step, 49_999);
    });
  });

  describe('the result of a script', () => {
    it('is what it finished with', async () => {
      await writeFile(
        resultFile(),
        JSON.stringify({ metrics: { val_error: 2, loss: 'Infinity' }, step: 5, seconds: 1 }),
      );
      assert.deepEqual(await readResult(resultFile()), { val_error: 2, loss: 'Infinity' });
    });

    it('is nothing when it did not finish', async () => {
      assert.equal(await readResult(resultFile()), null);
    });

    it('is nothing when the file is torn', async () => {
      await writeFile(resultFile(), '{"metrics": {"val_er');
      assert.equal(await readResult(resultFile()), null);
    });
  });

  describe('METRIC lines', () => {
    it('are read wherever they begin a line', () => {
      assert.deepEqual(
        metricLines('x\nMETRIC val_error=2.5\nMETRIC a/b-c.d=1e-3  \r\n METRIC no=1\nprint METRIC no=1\n'),
        {
          val_error: 2.5,
          'a/b-c.d': 0.001,
        },
      );
    });

    it('count with their last value', () => {
      assert.deepEqual(metricLines('METRIC a=1\nMETRIC a=2\n'), { a: 2 });
    });

    it('know NaN and the infinities in any spelling', () => {
      assert.deepEqual(metricLines('METRIC a=nan\nMETRIC b=-inf\nMETRIC c=Infinity\nMETRIC d=-NaN'), {
        a: 'NaN',
        b: '-Infinity',
        c: 'Infinity',
        d: 'NaN',
      });
    });

    it('with anything else than a number are no metrics', () => {
      assert.deepEqual(metricLines('METRIC a=good\nMETRIC b=\nMETRIC c=1,5\nMETRIC 1d=1\nMETRIC e=1e999'), {});
    });
  });
});
