import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { doctor } from './commands/doctor.ts';
import { demo } from './commands/demo.ts';
import { list } from './commands/list.ts';
import { show } from './commands/show.ts';
import { start } from './commands/start.ts';
import { temporal } from './commands/temporal.ts';
import { up } from './commands/up.ts';
import { watch } from './commands/watch.ts';
import { toUserError } from './to-user-error.ts';

/** Runs one command. Returns the exit status: 0, 1 (it failed) or 2 (it was used wrongly). */
export async function main(argv: string[]): Promise<number> {
  let exitStatus = 0;
  const program = buildProgram((status) => (exitStatus = status));
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exitStatus;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const userError = toUserError(error);
    if (userError === null) throw error;
    process.stderr.write(`${userError.message}\n`);
    return userError.exitStatus;
  }
}

type Action = (...given: never[]) => Promise<number>;
type Run = (action: Action) => (...given: unknown[]) => Promise<void>;

function buildProgram(setExitStatus: (status: number) => void): Command {
  const run =
    (action: Action) =>
    async (...given: unknown[]) =>
      setExitStatus(await action(...(given as never[])));
  const program = new Command('longrun')
    .description('A durable, autonomous runner of machine-learning experiments')
    .exitOverride()
    .enablePositionalOptions()
    .showHelpAfterError('(longrun --help lists the commands)');

  program
    .command('up')
    .description('run Temporal and all workers until Ctrl-C')
    .option('--json', 'print JSON lines')
    .action(run(up));
  addStart(program, run);
  program
    .command('watch')
    .description('follow an experiment to its end')
    .argument('<id>', 'the workflow id')
    .option('--json', 'print a JSON line for each change')
    .action(run(watch));
  program.command('list').description('list the experiments').option('--json', 'print JSON').action(run(list));
  program
    .command('show')
    .description('show one experiment: stage, trials, plan, report')
    .argument('<id>', 'the workflow id')
    .option('--json', 'print JSON')
    .action(run(show));
  program
    .command('doctor')
    .description('check this machine and say how to mend what is missing')
    .option('--json', 'print JSON')
    .action(run(doctor));
  program
    .command('demo')
    .description('run the demo experiment to its report, with a scripted model')
    .option('--json', 'print JSON lines')
    .action(run(demo));
  program
    .command('temporal')
    .description('pass everything on to the Temporal CLI, with the address of this server')
    .argument('[arguments...]')
    .allowUnknownOption()
    .helpOption(false)
    .passThroughOptions()
    .action(run(temporal));
  return program;
}

function addStart(program: Command, run: Run): void {
  program
    .command('start')
    .description('start an experiment')
    .argument('<idea>', 'the Markdown file with the idea')
    .option('--id <id>', 'the workflow id (default: from the title)')
    .option('--title <title>', 'a title (default: the first line of the idea)')
    .option('--metric <name>', 'the metric to optimize (default: the planner chooses)')
    .option('--direction <direction>', 'minimize or maximize the metric')
    .option('--target <number>', 'the value of the metric that is the goal', parseNumber)
    .option('--trials <number>', 'at most so many trials', parseNumber)
    .option('--hours <number>', 'at most so many hours', parseNumber)
    .option('--gpu-hours <number>', 'at most so many hours of training', parseNumber)
    .option('--tokens <number>', 'at most so many tokens', parseNumber)
    .option('--usd <dollars>', 'at most so many US dollars for language models', parseNumber)
    .option('--calls <number>', 'at most so many calls of language models', parseNumber)
    .option('--when-spent <finish|wait>', 'what to do then: report, or wait for more (default: finish)')
    .option('--seeds <number>', 'run every training with so many seeds', parseNumber)
    .option('--model <name>', 'the language model for every role')
    .option('--foreground', 'run Temporal and the workers too, follow to the report, then stop them')
    .option('--json', 'print JSON')
    .action(run(start));
}

function parseNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('It must be a number.');
  return value;
}
