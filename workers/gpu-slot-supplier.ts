import { setTimeout as delay } from 'node:timers/promises';
import type { ActivitySlotInfo, CustomSlotSupplier, SlotPermit } from '@temporalio/worker';
import type { Logger } from 'pino';
import type { SlotLedger } from '../activities/adapters/slot-ledger.ts';

export interface GpuSlotSupplierOptions {
  ledger: SlotLedger;
  /** How many slots nobody has now, where that is more than the promised ones; throws when that cannot be told. */
  countFreeSlots: (promised: number) => Promise<number>;
  logger: Pick<Logger, 'warn'>;
  pollMilliseconds?: number;
}

/**
 * Lets the worker ask for a training only while a slot is free that is not promised to another one: a full host must
 * not take work that another host could do. A slot that cannot be looked at is not free.
 */
export function gpuSlotSupplier(options: GpuSlotSupplierOptions): CustomSlotSupplier<ActivitySlotInfo> {
  const { ledger, pollMilliseconds = 2000 } = options;
  let turn: Promise<unknown> = Promise.resolve();
  /** One look at a time: two that look at once would both see the last free slot. */
  const inTurn = <T>(act: () => Promise<T>): Promise<T> => {
    const result = turn.then(act);
    turn = result.catch(() => undefined);
    return result;
  };
  return {
    type: 'custom',
    async reserveSlot(_context, signal): Promise<SlotPermit> {
      while (!(await inTurn(() => grantIfFree(options, signal)))) {
        await delay(pollMilliseconds, undefined, { signal });
      }
      return {};
    },
    tryReserveSlot: () => null, // Looking takes a moment, and an eager task must be answered at once.
    markSlotUsed() {},
    releaseSlot: () => ledger.takeBack(),
  };
}

async function grantIfFree(
  { ledger, countFreeSlots, logger }: GpuSlotSupplierOptions,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const isFree = (await countFreeSlots(ledger.promised)) > ledger.promised;
    if (signal.aborted || !isFree) return false;
  } catch (error) {
    logger.warn({ error: String(error) }, 'cannot tell which slots are free');
    return false;
  }
  ledger.grant();
  return true;
}
