import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { WorkflowFailedError } from '@temporalio/client';
import { readExit } from '../../activities/adapters/supervised-process.ts';
import { failureType } from '../../workflows/domain/failure-type.ts';
import type { TrialInput } from '../../workflows/domain/trial.ts';
import { managedPython } from '../../workers/managed-python/managed-python.ts';
import { someResources } from '../support/builders.ts';
import { isAlive } from '../support/process-life.ts';
import { processTree, stillRunning } from '../support/process-tree.ts';
import { notingScript, openTrialBench, type TrialBench } from '../support/trial-bench.ts';
import { assertUndisturbed } from '../support/undisturbed.ts';
import { watcherEnds } from '../support/watcher-ends.ts';

const run = promisify(execFile);
const freeSlotsScript = fileURLToPath(new URL('../../activities/python/supervisor/free_slots.py', import.meta.url));

/** More steps than any test waits for: the test lets the training end, or ends it. */
const script = notingScript(100_000, 0.05);

describe('a gpu worker in a training', function () {
  this.timeout(60_000);
  let bench: TrialBench;

  beforeEach(async () => {
    bench = await openTrialBench(script);
  });

  afterEach(async () => {
    await bench.close();
  });

  /** A trial whose training has done twenty steps, and the processes of that training with its supervisor. */
  async function runningTrial(overrides: Partial<TrialInput> = {}) {
    const { worker } = await bench.startHost('alpha');
    const handle = await bench.startTrial(overrides);
    while (bench.moments().length < 20) await delay(50);
    const { supervisor } = JSON.parse(await readFile(join(bench.placeOn('alpha').control, 'state.json'), 'utf8'));
    const tree = processTree(supervisor.pid);
    assert.ok(tree.length >= 3, 'a supervisor, a trainer and its child');
    return { worker, handle, supervisorPid: supervisor.pid as number, tree };
  }

  /** The supervisor writes its last record before it goes and its locks with it. Who looks whether it has, locks, too. */
  async function untilNothingIsLeft(tree: Parameters<typeof stillRunning>[0]): Promise<void> {
    const locks = [join(bench.placeOn('alpha').control, 'lock'), join(bench.folder, 'alpha/state/slots/cpu-0.lock')];
    while (stillRunning(tree).length > 0 || (await freeOf(locks)).length < locks.length) await delay(50);
  }

  it('that is killed with SIGKILL is followed by one that re-attaches', async () => {
    // Its silence is noticed after 15 seconds then.
    const { worker, handle } = await runningTrial({ resources: someResources({ hostLossMinutes: 1 }) });
    await worker.kill();
    await bench.startHost('alpha');
    while ((await watcherEnds(handle)).length < 2) await delay(200);
    await bench.letGo('alpha');
    await assertUndisturbed(bench, 'alpha', await handle.result());
    assert.deepEqual(await watcherEnds(handle), ['timed out', 'completed']);
  });

  it('that ends by SIGTERM says so, and the next one re-attaches without waiting for a time-out', async () => {
    const { worker, handle } = await runningTrial();
    process.kill(worker.pid, 'SIGTERM');
    while (isAlive(worker.pid)) await delay(20);
    await bench.startHost('alpha');
    await bench.letGo('alpha');
    await assertUndisturbed(bench, 'alpha', await handle.result());
    assert.deepEqual(await watcherEnds(handle), [failureType.watcherShutDown, 'completed']);
  });

  it('that was dead when its trial was terminated is followed by one that ends the training', async () => {
    const { worker, handle, tree } = await runningTrial();
    await worker.kill();
    await handle.terminate();
    assert.deepEqual(stillRunning(tree), tree);
    await bench.startHost('alpha');
    await untilNothingIsLeft(tree);
    assert.equal((await readExit(bench.placeOn('alpha').control))?.reason, 'stopped');
  });

  it('ends the training when its trial is cancelled, before the trial itself ends', async () => {
    const { handle, supervisorPid, tree } = await runningTrial();
    await handle.cancel();
    await assert.rejects(handle.result(), WorkflowFailedError);
    assert.deepEqual(
      stillRunning(tree).filter(({ pid }) => pid !== supervisorPid),
      [],
    );
    await untilNothingIsLeft(tree);
    assert.equal((await readExit(bench.placeOn('alpha').control))?.reason, 'stopped');
  });
});

async function freeOf(locks: string[]): Promise<string[]> {
  const { stdout } = await run(managedPython().python, ['-I', '-S', freeSlotsScript, ...locks]);
  return JSON.parse(stdout) as string[];
}
