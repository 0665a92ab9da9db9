import { UserError } from '../user-error.ts';

/** Says in one sentence what a person can mend; anything else keeps its stack. */
export async function runBenchmark(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = error.exitStatus;
  }
}
