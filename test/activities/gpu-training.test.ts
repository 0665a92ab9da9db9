import assert from 'node:assert/strict';
import { access, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CancelledFailure } from '@temporalio/common';
import { freeSlots } from '../../activities/adapters/free-slots.ts';
import type { TrainingDependencies } from '../../activities/dependencies.ts';
import type { ExecutionRequest } from '../../activities/execution-request.ts';
import { failureType } from '../../workflows/domain/failure-type.ts';
import { someResources } from '../support/builders.ts';
import { failureOf } from '../support/failures.ts';
import { aGpuHost, removeStandIn, standInGpus, type StandIn } from '../support/stand-in-gpus.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { aRequest, endTrainings, hostDependencies, placeOf, theSandbox, watch } from '../support/training.ts';

/** Prints what it was given, and waits for a file `go`. */
const showing = `
import os, time, longrun
print("GPUS", os.environ.get("CUDA_VISIBLE_DEVICES"), longrun.gpus, os.environ.get("MASTER_ADDR"), flush=True)
longrun.log(1, loss=1)
while not os.path.exists("go"):
    time.sleep(0.02)
longrun.finish(val_error=1)
`;

/** What it printed of its GPUs, once it has ended. */
async function shown(dependencies: TrainingDependencies, request: ExecutionRequest): Promise<string> {
  const watcher = watch(dependencies, request);
  await watcher.beatWhere(({ step }) => step === 1);
  await writeFile(join(placeOf(dependencies, request).work, 'go'), '');
  await watcher.result;
  const folderOfAttempt = `trials/001/${request.name}/attempts/1-some-host`;
  const log = await dependencies.artifacts.folder('digits').read(`${folderOfAttempt}/log.txt`);
  return /^GPUS .*/m.exec(log)?.[0] ?? log;
}

describe('a training on a host with GPUs', () => {
  const folder = temporaryFolder(endTrainings);
  afterEach(removeStandIn);

  async function prepare(standIn: StandIn = {}, overrides: Partial<ExecutionRequest> = {}) {
    await standInGpus(folder(), standIn);
    const dependencies = hostDependencies(folder(), { host: await aGpuHost(folder()) });
    return { dependencies, request: await aRequest(dependencies, showing, overrides) };
  }

  it('sees one GPU and no other', async () => {
    const { dependencies, request } = await prepare();
    assert.equal(await shown(dependencies, request), 'GPUS GPU-a 1 127.0.0.1');
  });

  it('sees as many as the experiment gives it, in the order of their names, with a place to meet', async () => {
    const { dependencies, request } = await prepare({}, { resources: someResources({ gpus: 2 }) });
    assert.equal(await shown(dependencies, request), 'GPUS GPU-a,GPU-b 2 127.0.0.1');
  });

  it('takes the GPU that no other training has', async () => {
    const { dependencies, request } = await prepare();
    const first = watch(dependencies, request);
    await first.beatWhere(({ step }) => step === 1);
    assert.equal(await shown(dependencies, { ...request, name: 'seed-1', seed: 1 }), 'GPUS GPU-b 1 127.0.0.1');
    await writeFile(join(placeOf(dependencies, request).work, 'go'), '');
    await first.result;
  });

  it('takes the GPU that no foreign process uses', async () => {
    const { dependencies, request } = await prepare({ used: ['GPU-a'] });
    assert.equal(await shown(dependencies, request), 'GPUS GPU-b 1 127.0.0.1');
  });

  for (const [what, standIn] of Object.entries({
    'foreign processes use them all': { used: ['GPU-a', 'GPU-b'] },
    'the driver does not answer': { script: 'test "$1" = "${1#*name}" && exit 9' },
  })) {
    it(`waits, and is no failure, while ${what}`, async () => {
      const { dependencies, request } = await prepare(standIn);
      const watcher = watch(dependencies, request);
      await watcher.beatWhere(() => true);
      await delay(500); // long enough to have been told that no GPU is free
      await assert.rejects(access(join(placeOf(dependencies, request).control, 'state.json')), { code: 'ENOENT' });
      watcher.environment.cancel();
      await assert.rejects(watcher.result, CancelledFailure);
      assert.deepEqual((await watch(dependencies, request).result).outcome, { kind: 'stopped' });
    });
  }

  it('in a sandbox does not start on a GPU that cannot be used there, and is tried elsewhere', async () => {
    await standInGpus(folder());
    const host = await aGpuHost(folder(), { sandbox: await theSandbox() });
    const dependencies = hostDependencies(folder(), { host });
    const { type, message, details } = await failureOf(
      watch(dependencies, await aRequest(dependencies, showing)).result,
    );
    assert.deepEqual({ type, details }, { type: failureType.deviceFault, details: [{ host: 'some-host' }] });
    assert.match(message, /No usable GPU/);
  });

  it('leaves a GPU that has failed alone, and takes the other one', async () => {
    await standInGpus(folder());
    const host = await aGpuHost(folder(), { sandbox: await theSandbox() });
    const inSandbox = hostDependencies(folder(), { host });
    await failureOf(watch(inSandbox, await aRequest(inSandbox, showing)).result);
    const dependencies = hostDependencies(folder(), { host: { ...host, sandbox: { kind: 'off' } } });
    const request = await aRequest(dependencies, showing, { name: 'seed-1', seed: 1 });
    assert.equal(await shown(dependencies, request), 'GPUS GPU-b 1 127.0.0.1');
    assert.deepEqual(await freeSlots(host, 1), []);
  });
});
