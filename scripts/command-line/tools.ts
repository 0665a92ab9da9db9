import { Argument } from 'commander';
import { shells } from '../completion/shell-scripts.ts';
import type { CommandLine } from './command-line.ts';
import { readNumber } from './read-argument.ts';

/** The commands that are about no experiment in particular. */
export function addTools({ program, run }: CommandLine): void {
  program.commandsGroup('Tools:').helpCommand(true);
  program
    .command('doctor')
    .description('check this machine, with a mend for what is missing')
    .option('--json', 'print JSON')
    .action(run(async () => (await import('../commands/doctor.ts')).doctor));
  program
    .command('digest')
    .description('a few thousand tokens that tell what is in any log')
    .argument('<file>', 'the log; - for standard input')
    .option('--tokens <number>', 'at most so many tokens (default: 8000)', readNumber)
    .option('--json', 'print JSON')
    .action(run(async () => (await import('../commands/digest.ts')).digest));
  program
    .command('replay')
    .description('whether this code can take over running experiments')
    .argument('[targets...]', 'workflow ids, or files that `longrun history` saved (default: what runs)')
    .option('--json', 'print JSON')
    .action(run(async () => (await import('../commands/replay.ts')).replay));
  program
    .command('temporal')
    .description('the Temporal CLI, with the address of this server')
    .argument('[arguments...]')
    .allowUnknownOption()
    .helpOption(false)
    .passThroughOptions()
    .action(run(async () => (await import('../commands/temporal.ts')).temporal));
  addCompletion({ program, run });
}

function addCompletion({ program, run }: CommandLine): void {
  program
    .command('completion')
    .description('print what completes these commands in a shell')
    .addArgument(new Argument('<shell>', 'the shell').choices(shells))
    .action(run(async () => (await import('../commands/completion.ts')).completion));
  program
    .command('complete', { hidden: true })
    .description('what the shell asks: the words after `longrun`, up to the cursor')
    .argument('[words...]')
    .allowUnknownOption()
    .helpOption(false)
    .passThroughOptions()
    .action(
      run(async () => {
        const { complete } = await import('../commands/completion.ts');
        return (words: string[]) => complete(program, words);
      }),
    );
}
