/** What has to be undone at the end, whatever happens until then. */
export interface Cleaning {
  /** From then on nothing new may be begun. */
  readonly hasBegun: boolean;
  defer(step: () => Promise<unknown>): void;
  /** Takes every step, last things first, and throws the first error when all are done. */
  run(): Promise<void>;
}

export function createCleaning(): Cleaning {
  const steps: (() => Promise<unknown>)[] = [];
  let hasBegun = false;
  return {
    get hasBegun() {
      return hasBegun;
    },
    defer: (step) => void steps.push(step),
    async run() {
      hasBegun = true;
      const errors: unknown[] = [];
      for (const step of steps.toReversed()) await step().catch((error: unknown) => errors.push(error));
      if (errors.length > 0) throw errors[0];
    },
  };
}
