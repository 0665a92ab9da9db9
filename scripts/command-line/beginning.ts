import type { CommandLine } from './command-line.ts';
import { readId, readNumber, readTrial } from './read-argument.ts';

/** The commands that begin something. */
export function addBeginning({ program, run }: CommandLine): void {
  program.commandsGroup('Begin:');
  program
    .command('up')
    .description('run Temporal and all workers until Ctrl-C')
    .option('--json', 'print JSON lines')
    .action(run(async () => (await import('../commands/up.ts')).up));
  addStart({ program, run });
  program
    .command('fork')
    .description('start another experiment from the past of one')
    .argument('<id>', 'the experiment with that past', readId)
    .requiredOption('--from-trial <number>', 'the last trial that both have in common', readTrial)
    .option('--id <id>', 'the workflow id of the new one (default: ID-fork-N)')
    .option('--plan <file>', 'Markdown that is the next version of the plan')
    .option('--model <name>', 'the language model for every role')
    .option('--feedback <text>', 'what it is told to begin with')
    .option('--by <name>', 'who says so (default: your user name)')
    .option('--target <number>', 'another value of the metric that is the goal', readNumber)
    .option('--trials <number>', 'at most so many trials', readNumber)
    .option('--hours <number>', 'at most so many hours', readNumber)
    .option('--title <title>', 'a title of its own')
    .option('--json', 'print JSON')
    .action(run(async () => (await import('../commands/fork.ts')).fork));
  program
    .command('demo')
    .description('run the demo experiment, with a scripted model')
    .option('--json', 'print JSON lines')
    .action(run(async () => (await import('../commands/demo.ts')).demo));
}

function addStart({ program, run }: CommandLine): void {
  program
    .command('start')
    .description('start an experiment')
    .argument('<idea>', 'the Markdown file with the idea')
    .option('--config <file>', 'settings as YAML or JSON')
    .option('--id <id>', 'the workflow id (default: from the title)')
    .option('--title <title>', 'a title (default: the first line of the idea)')
    .option('--metric <name>', 'the metric to optimize (default: the planner chooses)')
    .option('--direction <direction>', 'minimize or maximize the metric')
    .option('--target <number>', 'the value of the metric that is the goal', readNumber)
    .option('--trials <number>', 'at most so many trials', readNumber)
    .option('--hours <number>', 'at most so many hours', readNumber)
    .option('--gpu-hours <number>', 'at most so many hours of training', readNumber)
    .option('--tokens <number>', 'at most so many tokens', readNumber)
    .option('--usd <dollars>', 'at most so many US dollars for language models', readNumber)
    .option('--calls <number>', 'at most so many calls of language models', readNumber)
    .option('--when-spent <finish|wait>', 'what to do then: report, or wait for more (default: finish)')
    .option('--seeds <number>', 'run every training with so many seeds', readNumber)
    .option('--model <name>', 'the language model for every role')
    .option('--foreground', 'run Temporal and the workers too, follow to the report, then stop them')
    .option('--json', 'print JSON')
    .action(run(async () => (await import('../commands/start.ts')).start));
}
