import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { findDevices } from '../../activities/adapters/devices.ts';
import { freeSlots } from '../../activities/adapters/free-slots.ts';
import type { Slot } from '../../activities/adapters/host.ts';
import { aGpuHost, removeStandIn, standInGpus } from '../support/stand-in-gpus.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { aHost } from '../support/training.ts';

const names = (slots: readonly Slot[]): string[] => slots.map(({ name }) => name);

describe('the free slots of a host', () => {
  const folder = temporaryFolder();
  const holders = new Set<ChildProcess>();

  afterEach(() => {
    holders.forEach((holder) => holder.kill('SIGKILL'));
    holders.clear();
  });

  /** Another process that holds this lock until it is killed. */
  async function hold(lockFile: string): Promise<ChildProcess> {
    const script =
      'import fcntl, sys; f = open(sys.argv[1], "a"); fcntl.flock(f, fcntl.LOCK_EX); print("held", flush=True); sys.stdin.read()';
    const holder = spawn(aHost(folder()).supervisorPython, ['-c', script, lockFile]);
    holders.add(holder);
    await once(holder.stdout, 'data');
    return holder;
  }

  it('are all of them while nobody holds a lock', async () => {
    assert.deepEqual(names(await freeSlots(aHost(folder()))), ['cpu-0', 'cpu-1']);
  });

  for (const [who, suffix] of [
    ['supervisor', ''],
    ['trainer', '.trainer'],
  ] as const) {
    it(`are without the one whose lock a ${who} holds, and with it when that one is dead`, async () => {
      const host = aHost(folder());
      const holder = await hold(`${host.slots[0]?.lockFile}${suffix}`);
      assert.deepEqual(names(await freeSlots(host)), ['cpu-1']);
      holder.kill('SIGKILL');
      await once(holder, 'exit');
      assert.deepEqual(names(await freeSlots(host)), ['cpu-0', 'cpu-1']);
    });
  }

  describe('with a driver', () => {
    afterEach(removeStandIn);

    it('are its GPUs, with the device nodes of each and what the driver cannot tell left open', async () => {
      await standInGpus(folder());
      const { accelerator, devices } = await findDevices();
      assert.equal(accelerator, 'cuda');
      assert.deepEqual(
        devices.map(({ uuid, memoryMegabytes, nodes }) => ({ uuid, memoryMegabytes, last: nodes.at(-1) })),
        [
          { uuid: 'GPU-b', memoryMegabytes: 1000, last: '/dev/nvidia1' },
          { uuid: 'GPU-a', memoryMegabytes: null, last: '/dev/nvidia0' },
        ],
      );
      assert.deepEqual(names(await freeSlots(await aGpuHost(folder()))).toSorted(), ['GPU-a', 'GPU-b']);
    });

    it('are without the GPU that a foreign process uses', async () => {
      await standInGpus(folder(), { used: ['GPU-a'] });
      assert.deepEqual(names(await freeSlots(await aGpuHost(folder()))), ['GPU-b']);
    });

    it('are without the GPU whose memory somebody has who is not listed', async () => {
      await standInGpus(folder(), { memory: '200' });
      assert.deepEqual(names(await freeSlots(await aGpuHost(folder()))), ['GPU-b']);
    });

    it('are not asked of the driver when no more of them are free than are promised', async () => {
      await standInGpus(folder());
      const host = await aGpuHost(folder());
      await standInGpus(folder(), { script: 'exit 1' });
      assert.deepEqual(await freeSlots(host, 2), []);
      await assert.rejects(freeSlots(host, 1));
    });

    it('are those of the processor where the tool fails, and that is said', async () => {
      await standInGpus(folder(), { script: 'exit 9' });
      const { accelerator, devices, problem } = await findDevices();
      assert.deepEqual({ accelerator, devices }, { accelerator: 'cpu', devices: [] });
      assert.match(problem ?? '', /nvidia-smi is there and fails/);
    });
  });
});
