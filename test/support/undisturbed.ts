import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readExit } from '../../activities/adapters/supervised-process.ts';
import { executionFolder } from '../../activities/execution-place.ts';
import type { TrialResult } from '../../workflows/domain/trial.ts';
import type { TrialBench } from './trial-bench.ts';

/**
 * What must hold of a trial with `notingScript` on this host, whatever died meanwhile but the training: one process did
 * every step once, its metrics are published whole, and the result is that of an undisturbed trial.
 */
export async function assertUndisturbed(bench: TrialBench, host: string, { outcome }: TrialResult): Promise<void> {
  assert.deepEqual(outcome, { kind: 'completed', mean: 0.5, standardDeviation: null, values: [0.5] });
  const moments = bench.moments();
  assert.equal(new Set(moments.map(({ life }) => life)).size, 1);
  const steps = moments.map(({ step }) => step);
  assert.deepEqual(
    steps,
    Array.from(steps, (_, index) => index + 1),
  );
  assert.deepEqual(await publishedSteps(bench), steps);
  const exit = await readExit(bench.placeOn(host).control);
  assert.deepEqual([exit?.reason, exit?.attempt], ['exited', 1]);
}

async function publishedSteps({ folder }: TrialBench): Promise<number[]> {
  const path = join(folder, 'artifacts', 'digits', executionFolder({ trial: 1, name: 'seed-0' }), 'metrics.jsonl');
  const lines = (await readFile(path, 'utf8')).trim().split('\n');
  return lines.map((line) => (JSON.parse(line) as { step: number }).step);
}
