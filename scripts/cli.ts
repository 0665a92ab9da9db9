import { CommanderError } from 'commander';
import { buildProgram } from './command-line/build-program.ts';

/** Runs one command. Returns the exit status: 0, 1 (it failed) or 2 (it was used wrongly). */
export async function main(argv: string[]): Promise<number> {
  let exitStatus = 0;
  const program = buildProgram((status) => (exitStatus = status));
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exitStatus;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const { toUserError } = await import('./to-user-error.ts');
    const userError = toUserError(error);
    if (userError === null) throw error;
    process.stderr.write(`${userError.message}\n`);
    return userError.exitStatus;
  }
}
