/**
 * How many slots are promised but not yet locked. A worker takes a task only with a permit, but a slot is free until
 * the training behind the task has locked it: without the ledger one free GPU would be promised twice.
 */
export interface SlotLedger {
  /** Permits that no training has turned into locks yet. */
  readonly promised: number;
  grant(): void;
  takeBack(): void;
  /** The use of one permit by one watcher. */
  follow(): SlotUse;
}

export interface SlotUse {
  /** The training behind the permit holds its locks now. Saying so again changes nothing. */
  begin(): void;
  /** The watcher has ended; its permit is taken back on its own. */
  end(): void;
}

export function createSlotLedger(): SlotLedger {
  let permits = 0;
  let locked = 0;
  return {
    get promised() {
      return permits - locked;
    },
    grant: () => void (permits += 1),
    takeBack: () => void (permits -= 1),
    follow() {
      let hasBegun = false;
      return {
        begin() {
          if (!hasBegun) locked += 1;
          hasBegun = true;
        },
        end() {
          if (hasBegun) locked -= 1;
          hasBegun = false;
        },
      };
    },
  };
}

/** For watchers that need no free slot: what they re-attach to holds its locks already. */
export const unlimitedSlots: Pick<SlotLedger, 'follow'> = { follow: () => ({ begin() {}, end() {} }) };
