import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { resultFileSchema } from '../../../workflows/schema/execution-record.ts';
import { managedPython } from '../../../workers/managed-python/managed-python.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const scripts = fileURLToPath(new URL('../../../scripts/demo/training-scripts/', import.meta.url));
const harness = fileURLToPath(new URL('../../../activities/python', import.meta.url));
const sound = ['baseline', 'mlp', 'wider-mlp', 'augmentation', 'target'];

const linesOf = (name: string): string[] => readFileSync(join(scripts, `${name}.py`), 'utf8').split('\n');

/** The function that cuts the images into parts. */
function splitOf(name: string): string[] {
  const lines = linesOf(name);
  const from = lines.indexOf('def load_split():');
  return lines.slice(from, lines.indexOf('', from));
}

describe('the training scripts of the demo', () => {
  const folder = temporaryFolder();
  let runs = 0;

  interface Run {
    output: string;
    metrics: Record<string, unknown>;
    logged: string[];
  }

  async function newFolder(): Promise<string> {
    runs += 1;
    const work = join(folder(), String(runs));
    await mkdir(work);
    return work;
  }

  /** Runs a script, in a folder of its own; its metrics are empty where it did not finish. */
  async function run(name: string, environment: Record<string, string>, given?: string): Promise<Run> {
    const work = given ?? (await newFolder());
    const env = { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1', PYTHONPATH: harness, ...environment };
    const output = await new Promise<string>((resolve) => {
      const command = ['-B', join(scripts, `${name}.py`)];
      execFile(managedPython().python, command, { cwd: work, env }, (_error, out, errors) => resolve(out + errors));
    });
    const read = (file: string): Promise<string> => readFile(join(work, file), 'utf8').catch(() => '');
    const result = await read('result.json');
    const metrics = result === '' ? {} : resultFileSchema.parse(JSON.parse(result)).metrics;
    return { output, metrics, logged: (await read('metrics.jsonl')).trim().split('\n') };
  }

  const rehearse = (name: string, seed = '0') => run(name, { LONGRUN_REHEARSAL: '1', LONGRUN_SEED: seed });

  it('begin with one that has a bug, which shows in its rehearsal', async () => {
    const { output, metrics } = await rehearse('baseline-with-bug');
    assert.match(output, /^IndexError: shape mismatch/m);
    assert.deepEqual(metrics, {});
  });

  it('mend that bug and nothing else', () => {
    const [faulty, mended] = [linesOf('baseline-with-bug'), linesOf('baseline')];
    const removed = faulty.filter((line) => !mended.includes(line));
    const added = mended.filter((line) => !faulty.includes(line));
    assert.deepEqual(removed, ['ROWS = np.arange(BATCH_SIZE)', '    difference[ROWS, labels] -= 1.0']);
    assert.deepEqual(added, ['    rows = np.arange(len(labels))', '    difference[rows, labels] -= 1.0']);
  });

  for (const name of sound) {
    it(`pass their rehearsal with every metric: ${name}.py`, async () => {
      const { metrics, output, logged } = await rehearse(name);
      assert.deepEqual(Object.keys(metrics), ['val_error', 'val_cross_entropy', 'test_error'], output);
      assert.ok(Object.values(metrics).every(Number.isFinite), JSON.stringify(metrics));
      assert.match(logged.at(-1) ?? '', /"train_loss": .*"val_error": .*"progress": 1\.0/);
    });

    // The second process has another seed, so that only what it was left can give it the values of the first.
    it(`go on from their checkpoint with all that they need: ${name}.py`, async () => {
      const work = await newFolder();
      await run(name, { LONGRUN_REHEARSAL: '1', LONGRUN_SEED: '1', LONGRUN_SECONDS: '0.001' }, work);
      const continued = await run(name, { LONGRUN_REHEARSAL: '1', LONGRUN_SEED: '0' }, work);
      assert.deepEqual(continued.metrics, (await rehearse(name, '1')).metrics, continued.output);
    });

    it(`split the images in one and the same way, whatever the seed: ${name}.py`, () => {
      assert.deepEqual(splitOf(name), splitOf('baseline'));
      assert.doesNotMatch(splitOf(name).join('\n'), /longrun/);
    });
  }

  it('give the same values for the same seed, and others for another', async () => {
    const [once, again, other] = [await rehearse('target'), await rehearse('target'), await rehearse('target', '1')];
    assert.deepEqual(once.metrics, again.metrics);
    assert.notDeepEqual(once.metrics, other.metrics);
  });

  it('leave their loop and finish when the deadline is near', async () => {
    const { metrics, logged } = await run('target', { LONGRUN_SECONDS: '0.001' });
    assert.ok(Number.isFinite(metrics['val_error']));
    assert.deepEqual(logged, ['']);
  });
});
