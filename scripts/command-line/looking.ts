import type { CommandLine } from './command-line.ts';
import { readId, readNumber, readTrial } from './read-argument.ts';

/** The commands that only look. */
export function addLooking({ program, run }: CommandLine): void {
  program.commandsGroup('Look:');
  program
    .command('list')
    .description('list the experiments')
    .option('--json', 'print JSON')
    .action(run(async () => (await import('../commands/list.ts')).list));
  program
    .command('show')
    .description('one experiment: stage, trials, messages, models')
    .argument('<id>', 'the workflow id', readId)
    .option('--json', 'print JSON')
    .action(run(async () => (await import('../commands/show.ts')).show));
  program
    .command('watch')
    .description('follow an experiment to its end')
    .argument('<id>', 'the workflow id', readId)
    .option('--json', 'print a JSON line for each change')
    .action(run(async () => (await import('../commands/watch.ts')).watch));
  addLogs({ program, run });
  addDocuments({ program, run });
}

function addLogs({ program, run }: CommandLine): void {
  program
    .command('logs')
    .description('what its trainings print, without a server: digests')
    .argument('<id>', 'the workflow id', readId)
    .argument('[trial]', 'its number (default: the newest one that has logs)', readTrial)
    .option('--digest', 'a few thousand tokens of each log; of a running training, those so far')
    .option('--raw', 'each log from beginning to end')
    .option('--follow', 'the last 10 lines of each log, then what comes, until all trainings of the trial have ended')
    .option('--tokens <number>', 'make new digests of at most so many tokens', readNumber)
    .option('--json', 'print a JSON line for each training; with --follow, for each line')
    .action(run(async () => (await import('../commands/logs.ts')).logs));
}

function addDocuments({ program, run }: CommandLine): void {
  program
    .command('report')
    .description('print its report, final or so far, without a server')
    .argument('<id>', 'the workflow id', readId)
    .option('--json', 'print JSON')
    .action(run(async () => (await import('../commands/report.ts')).report));
  program
    .command('open')
    .description('open its page of the Web UI in the browser')
    .argument('<id>', 'the workflow id', readId)
    .option('--report', 'its report instead, once it is final')
    .option('--json', 'print JSON')
    .action(run(async () => (await import('../commands/open.ts')).open));
  program
    .command('history')
    .description('save its Temporal history')
    .argument('<id>', 'the workflow id', readId)
    .option('--output <folder>', 'where to (default: history/ in the folder of the experiment)')
    .option('--json', 'print JSON')
    .action(run(async () => (await import('../commands/history.ts')).history));
}
