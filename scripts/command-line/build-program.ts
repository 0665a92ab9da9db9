import { Command, type Argument } from 'commander';
import { addBeginning } from './beginning.ts';
import type { Action } from './command-line.ts';
import { addLooking } from './looking.ts';
import { addSteering } from './steering.ts';
import { addTools } from './tools.ts';

/** Every command with its options. Each is loaded only when it is used: a digest needs no Temporal client. */
export function buildProgram(setExitStatus: (status: number) => void): Command {
  const program = new Command('longrun')
    .description('A durable, autonomous runner of machine-learning experiments')
    .exitOverride()
    .enablePositionalOptions()
    .configureHelp({
      subcommandTerm: (command) => [command.name(), ...command.registeredArguments.map(term)].join(' '),
    })
    .showHelpAfterError('(longrun --help lists the commands)');
  const run =
    (load: () => Promise<Action>) =>
    async (...given: unknown[]) => {
      const action = await load();
      setExitStatus(await action(...(given as never[])));
    };
  addBeginning({ program, run });
  addLooking({ program, run });
  addSteering({ program, run });
  addTools({ program, run });
  return program;
}

/** As commander shows it, but without the "[options]" that every command has. */
function term(argument: Argument): string {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}
