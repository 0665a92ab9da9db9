import { CommanderError } from 'commander';
import { buildProgram } from './command-line/build-program.ts';
import { endWhenNobodyReads } from './end-when-nobody-reads.ts';

const wordsMend =
  'Words that begin with - go behind --, and all options before it: longrun feedback ID -- "-5 is too low".';

/** Runs one command. Returns the exit status: 0, 1 (it failed) or 2 (it was used wrongly). */
export async function main(argv: string[]): Promise<number> {
  endWhenNobodyReads();
  let exitStatus = 0;
  const program = buildProgram((status) => (exitStatus = status));
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exitStatus;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (looksLikeWords(error)) process.stderr.write(`${wordsMend}\n`);
      return error.exitCode === 0 ? 0 : 2;
    }
    const { toUserError } = await import('./to-user-error.ts');
    const userError = toUserError(error);
    if (userError === null) throw error;
    process.stderr.write(`${userError.message}\n`);
    return userError.exitStatus;
  }
}

/** `feedback ID "-5 is too low"` is no option that somebody has misspelled. */
function looksLikeWords({ code, message }: CommanderError): boolean {
  return code === 'commander.unknownOption' && /^error: unknown option '-(\d|[^']*\s)/.test(message);
}
