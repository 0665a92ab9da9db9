import type { Argument, Command, Option } from 'commander';

/** A word that may stand where the cursor is, with what it means; empty where nothing is known of it. */
export interface Suggestion {
  value: string;
  description: string;
}

/** The names of arguments that are experiments' ids. */
const idArguments = ['id', 'targets'];

/**
 * What may stand in place of the last of `words`, those after `longrun`: commands, options, choices and experiments.
 * Nothing where the word may be anything: the shell then offers files. Not covered: `--option=value`.
 */
export async function suggest(
  program: Command,
  words: readonly string[],
  experimentIds: () => Promise<string[]>,
): Promise<Suggestion[]> {
  const [name = '', ...rest] = words;
  const candidates = words.length < 2 ? commandsOf(program) : await ofCommand(program, { name, rest }, experimentIds);
  return candidates.filter(({ value }) => value.startsWith(words.at(-1) ?? ''));
}

async function ofCommand(
  program: Command,
  { name, rest }: { name: string; rest: string[] },
  experimentIds: () => Promise<string[]>,
): Promise<Suggestion[]> {
  if (name === 'help') return rest.length === 1 ? commandsOf(program) : [];
  const command = program.commands.find((candidate) => candidate.name() === name);
  if (command === undefined) return [];
  const earlier = rest.slice(0, -1);
  const option = optionWithValue(command, earlier.at(-1));
  if (option !== undefined) return choicesOf(option);
  if (rest.at(-1)?.startsWith('-') === true) return optionsOf(command);
  const argument = argumentAt(command, countOperands(command, earlier));
  if (argument === undefined) return [];
  return idArguments.includes(argument.name()) ? plain(await experimentIds()) : choicesOf(argument);
}

function commandsOf(program: Command): Suggestion[] {
  const visible = program.createHelp().visibleCommands(program);
  return visible.map((command) => ({ value: command.name(), description: command.description() }));
}

function optionsOf(command: Command): Suggestion[] {
  const visible = command.createHelp().visibleOptions(command);
  return visible.map(({ long, short, description }) => ({ value: long ?? short ?? '', description }));
}

function choicesOf({ argChoices = [] }: Option | Argument): Suggestion[] {
  return plain(argChoices);
}

function plain(values: readonly string[]): Suggestion[] {
  return values.map((value) => ({ value, description: '' }));
}

/** The option of this name, if a value follows it. */
function optionWithValue(command: Command, word: string | undefined): Option | undefined {
  if (word === undefined) return undefined;
  return command.options.find((option) => [option.long, option.short].includes(word) && !option.isBoolean());
}

function countOperands(command: Command, words: readonly string[]): number {
  return words.filter((word, index) => {
    return !word.startsWith('-') && optionWithValue(command, words[index - 1]) === undefined;
  }).length;
}

function argumentAt({ registeredArguments }: Command, position: number): Argument | undefined {
  const last = registeredArguments.at(-1);
  return registeredArguments[position] ?? (last?.variadic === true ? last : undefined);
}
