import { Option, type Command } from 'commander';
import { modelRoles } from '../steering/model-roles.ts';
import type { CommandLine } from './command-line.ts';
import { readId, readModelName, readNumber, readTrial } from './read-argument.ts';

/** The commands that say something to a running experiment. */
export function addSteering({ program, run }: CommandLine): void {
  program.commandsGroup('Steer:');
  steering(program, 'pause', 'begin nothing more after the running trial')
    .option('--now', 'stop trainings at a checkpoint, too, which frees their slots')
    .action(run(async () => (await import('../commands/pause.ts')).pause));
  steering(program, 'resume', 'go on after a pause, or try again what waits').action(
    run(async () => (await import('../commands/resume.ts')).resume),
  );
  steering(program, 'stop', 'end the running trial and finish with a report')
    .option('--reason <text>', 'why')
    .action(run(async () => (await import('../commands/stop.ts')).stop));
  steering(program, 'feedback', 'say something that is in the next prompt')
    .argument('[text]', 'the words; - for standard input')
    .option('--file <file>', 'the words are in a file')
    .action(run(async () => (await import('../commands/feedback.ts')).feedback));
  steering(program, 'decide', 'answer the decision that it waits for')
    .argument('<choice>', 'one of the choices that `longrun show` names')
    .option('--decision <id>', 'which decision (default: the one that it waits for)')
    .action(run(async () => (await import('../commands/decide.ts')).decide));
  addAmending({ program, run });
}

/** Those that show what is in force, unless they are told to change it; and `abandon`. */
function addAmending({ program, run }: CommandLine): void {
  steering(program, 'budget', 'show budget and spending, or add to the budget')
    .option('--trials <number>', 'add so many trials', readNumber)
    .option('--hours <number>', 'add so many hours', readNumber)
    .option('--gpu-hours <number>', 'add so many hours of training', readNumber)
    .option('--tokens <number>', 'add so many tokens', readNumber)
    .option('--usd <dollars>', 'add so many US dollars for language models', readNumber)
    .option('--calls <number>', 'add so many calls of language models', readNumber)
    .action(run(async () => (await import('../commands/budget.ts')).budget));
  steering(program, 'model', 'show the language models, or choose another one')
    .argument('[name]', 'the new one: provider/model', readModelName)
    .addOption(new Option('--role <role>', 'only for this role (default: all)').choices(modelRoles))
    .action(run(async () => (await import('../commands/model.ts')).model));
  steering(program, 'plan', 'print the plan in force, or change it')
    .option('--set <file>', 'Markdown that is the next version, word for word')
    .option('--revise <why>', 'have the planner write the next version; with --set: why')
    .action(run(async () => (await import('../commands/plan.ts')).plan));
  steering(program, 'abandon', 'end the running trial and begin the next one')
    .argument('<trial>', 'its number', readTrial)
    .option('--reason <text>', 'why')
    .action(run(async () => (await import('../commands/abandon.ts')).abandon));
}

function steering(program: Command, name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .argument('<id>', 'the workflow id', readId)
    .option('--by <name>', 'who says so (default: your user name)')
    .option('--json', 'print JSON');
}
