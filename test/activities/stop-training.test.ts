import assert from 'node:assert/strict';
import { readExit } from '../../activities/adapters/supervised-process.ts';
import { attemptFolder } from '../../activities/execution-place.ts';
import { stopTraining } from '../../activities/stop-training.ts';
import { anActivityEnvironment, runIn } from '../support/activity-environment.ts';
import { aCountingTraining, watchCounting } from '../support/counting-training.ts';
import { failureOf } from '../support/failures.ts';
import { startsIn } from '../support/patient-training.ts';
import { isAlive } from '../support/process-life.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { endTrainings } from '../support/training.ts';

describe('a training that is stopped for good', () => {
  const folder = temporaryFolder(endTrainings);

  it('while it is paused is published with its log, its metrics and all the time that it has used', async () => {
    const { dependencies, request, control, pause } = await aCountingTraining(folder());
    await failureOf(pause());
    const execution = await runIn(anActivityEnvironment(), () => stopTraining(dependencies, request));
    assert.deepEqual(execution?.outcome, { kind: 'stopped' });
    assert.ok(execution.seconds > 0);
    assert.equal((await readExit(control))?.reason, 'stopped');
    const published = dependencies.artifacts.folder(request.experiment.id);
    const files = await published.list(attemptFolder(request, request.placement.number, execution.host));
    for (const file of ['log.txt', 'metrics.jsonl', 'result.json']) assert.ok(files.includes(file), file);
  });

  it('while it runs is ended first', async () => {
    const { dependencies, request, work } = await aCountingTraining(folder());
    const { result } = await watchCounting(dependencies, request);
    const execution = await runIn(anActivityEnvironment(), () => stopTraining(dependencies, request));
    assert.deepEqual(execution?.outcome, { kind: 'stopped' });
    assert.equal(isAlive((await startsIn(work))[0] ?? 0), false);
    assert.deepEqual((await result).outcome, { kind: 'stopped' });
  });

  it('gives the same when it is done again', async () => {
    const { dependencies, request, pause } = await aCountingTraining(folder());
    await failureOf(pause());
    const stop = () => runIn(anActivityEnvironment(), () => stopTraining(dependencies, request));
    assert.deepEqual(await stop(), await stop());
  });

  it('is nothing where it was never started', async () => {
    const { dependencies, request } = await aCountingTraining(folder());
    const never = { ...request, name: 'seed-9' };
    assert.equal(await runIn(anActivityEnvironment(), () => stopTraining(dependencies, never)), null);
  });
});
