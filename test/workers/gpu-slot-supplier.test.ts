import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { createSlotLedger } from '../../activities/adapters/slot-ledger.ts';
import { gpuSlotSupplier } from '../../workers/gpu-slot-supplier.ts';

/** A host with so many free slots; tests change the number. */
function aHost(free: number) {
  const ledger = createSlotLedger();
  const slots = { free, fails: false };
  const supplier = gpuSlotSupplier({
    ledger,
    async countFreeSlots() {
      await delay(5); // as long as another look might take to come in between
      if (slots.fails) throw new Error('the driver does not answer');
      return slots.free;
    },
    logger: { warn() {} },
    pollMilliseconds: 10,
  });
  const abort = new AbortController();
  const reserve = () => supplier.reserveSlot({} as never, abort.signal);
  const release = () => supplier.releaseSlot({} as never);
  return { ledger, slots, abort, reserve, release };
}

async function isPending(promise: Promise<unknown>): Promise<boolean> {
  return (await Promise.race([promise.then(() => 'settled'), delay(80, 'pending')])) === 'pending';
}

describe('a permit for a training', () => {
  it('is given while a slot is free', async () => {
    await aHost(1).reserve();
  });

  it('is given once for one free slot, however many pollers ask at once', async () => {
    const { reserve, abort } = aHost(1);
    const asked = [reserve(), reserve(), reserve()];
    const given = await Promise.race(asked.map((each, index) => each.then(() => index)));
    const others = asked.filter((_, index) => index !== given);
    assert.deepEqual(await Promise.all(others.map(isPending)), [true, true]);
    abort.abort();
    await Promise.allSettled(others);
  });

  it('is not given while every slot is taken, and is when one comes free', async () => {
    const { slots, reserve } = aHost(0);
    const asked = reserve();
    assert.equal(await isPending(asked), true);
    slots.free = 1;
    await asked;
  });

  it('is not given while nobody can tell which slots are free', async () => {
    const { slots, reserve } = aHost(1);
    slots.fails = true;
    const asked = reserve();
    assert.equal(await isPending(asked), true);
    slots.fails = false;
    await asked;
  });

  it('is not counted twice once its training has locked the slot', async () => {
    const { ledger, slots, reserve } = aHost(2);
    await reserve();
    ledger.follow().begin();
    slots.free = 1; // the other one is locked by the training now
    await reserve();
  });

  it('is free again when its task ended without a training', async () => {
    const { reserve, release } = aHost(1);
    await reserve();
    release();
    await reserve();
  });

  it('is not waited for after the worker has given the request up', async () => {
    const { abort, reserve } = aHost(0);
    const asked = reserve();
    abort.abort();
    await assert.rejects(asked, { name: 'AbortError' });
  });
});
