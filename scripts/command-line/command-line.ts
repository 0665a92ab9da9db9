import type { Command } from 'commander';

/** What a command does with its arguments and options; resolves to the exit status. */
export type Action = (...given: never[]) => Promise<number>;

/** What the commands are added to. `run` makes an action of one that is loaded when it is used. */
export interface CommandLine {
  program: Command;
  run: (load: () => Promise<Action>) => (...given: unknown[]) => Promise<void>;
}
