import { Command, CommanderError, InvalidArgumentError } from 'commander';
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

type Action = (...given: never[]) => Promise<number>;
type Run = (load: () => Promise<Action>) => (...given: unknown[]) => Promise<void>;

/** Each command is loaded when it is used: a digest needs no Temporal client. */
const load = {
  up: async () => (await import('./commands/up.ts')).up,
  start: async () => (await import('./commands/start.ts')).start,
  watch: async () => (await import('./commands/watch.ts')).watch,
  list: async () => (await import('./commands/list.ts')).list,
  show: async () => (await import('./commands/show.ts')).show,
  logs: async () => (await import('./commands/logs.ts')).logs,
  digest: async () => (await import('./commands/digest.ts')).digest,
  doctor: async () => (await import('./commands/doctor.ts')).doctor,
  demo: async () => (await import('./commands/demo.ts')).demo,
  temporal: async () => (await import('./commands/temporal.ts')).temporal,
};

function buildProgram(setExitStatus: (status: number) => void): Command {
  const run =
    (loadAction: () => Promise<Action>) =>
    async (...given: unknown[]) => {
      const action = await loadAction();
      setExitStatus(await action(...(given as never[])));
    };
  const program = new Command('longrun')
    .description('A durable, autonomous runner of machine-learning experiments')
    .exitOverride()
    .enablePositionalOptions()
    .showHelpAfterError('(longrun --help lists the commands)');

  program
    .command('up')
    .description('run Temporal and all workers until Ctrl-C')
    .option('--json', 'print JSON lines')
    .action(run(load.up));
  addStart(program, run);
  program
    .command('watch')
    .description('follow an experiment to its end')
    .argument('<id>', 'the workflow id')
    .option('--json', 'print a JSON line for each change')
    .action(run(load.watch));
  program.command('list').description('list the experiments').option('--json', 'print JSON').action(run(load.list));
  program
    .command('show')
    .description('show one experiment: stage, trials, plan, report')
    .argument('<id>', 'the workflow id')
    .option('--json', 'print JSON')
    .action(run(load.show));
  addLogs(program, run);
  program
    .command('digest')
    .description('a few thousand tokens of any log that lose nothing that matters, without a server')
    .argument('<file>', 'the log; - for standard input')
    .option('--tokens <number>', 'at most so many tokens (default: 8000)', parseNumber)
    .option('--json', 'print JSON')
    .action(run(load.digest));
  program
    .command('doctor')
    .description('check this machine and say how to mend what is missing')
    .option('--json', 'print JSON')
    .action(run(load.doctor));
  program
    .command('demo')
    .description('run the demo experiment to its report, with a scripted model')
    .option('--json', 'print JSON lines')
    .action(run(load.demo));
  program
    .command('temporal')
    .description('pass everything on to the Temporal CLI, with the address of this server')
    .argument('[arguments...]')
    .allowUnknownOption()
    .helpOption(false)
    .passThroughOptions()
    .action(run(load.temporal));
  return program;
}

function addLogs(program: Command, run: Run): void {
  program
    .command('logs')
    .description('what the trainings of a trial have printed, without a server: digests, unless told otherwise')
    .argument('<id>', 'the workflow id')
    .argument('[trial]', 'its number (default: the newest one that has logs)', parseTrial)
    .option('--digest', 'a few thousand tokens of each log; of a running training, those so far')
    .option('--raw', 'each log from beginning to end')
    .option('--follow', 'the last 10 lines of each log, then what comes, until all trainings of the trial have ended')
    .option('--tokens <number>', 'make new digests of at most so many tokens', parseNumber)
    .option('--json', 'print a JSON line for each training; with --follow, for each line')
    .action(run(load.logs));
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
    .action(run(load.start));
}

function parseTrial(text: string): number {
  if (!/^0*[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('It must be the number of a trial.');
  return Number(text);
}

function parseNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('It must be a number.');
  return value;
}
