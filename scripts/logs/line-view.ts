import { printJson } from '../print.ts';
import { writeOut } from './write-out.ts';

/** New lines of one execution, and its unfinished one as it looks now. */
export interface NewLines {
  trial: number;
  name: string;
  /** Whether other executions are followed beside it: then each line says whose it is. */
  isOneOfSeveral: boolean;
  lines: readonly string[];
  unfinished: string;
}

export interface LineView {
  show(lines: NewLines): Promise<void>;
  /** Leaves a terminal at the beginning of a line; Ctrl-C has left its mark there. */
  end(isInterrupted: boolean): Promise<void>;
}

/** The right way to show lines that come: JSON for programs, live progress bars for a terminal, else whole lines. */
export function lineView(isJson: boolean): LineView {
  if (isJson) return jsonView;
  return process.stdout.isTTY ? terminalView() : plainView;
}

const jsonView: LineView = {
  async show({ trial, name, lines }) {
    for (const line of lines) printJson({ trial, execution: name, line });
  },
  async end() {},
};

const plainView: LineView = {
  show: (given) => writeOut(wholeLines(given)),
  async end() {},
};

/** The unfinished line that has changed last stands below the others, and is drawn over. */
function terminalView(): LineView {
  let drawn: { name: string; text: string } | null = null;
  const erase = (): string => (drawn === null ? '' : '\r\u001b[K');
  return {
    async show(given) {
      const { name, unfinished } = given;
      const text = wholeLines(given);
      const line = cutToWidth(`${prefixOf(given)}${unfinished}`);
      const next = unfinished === '' ? (drawn?.name === name ? null : drawn) : { name, text: line };
      if (text === '' && next?.text === drawn?.text) return;
      await writeOut(`${erase()}${text}${next?.text ?? ''}`);
      drawn = next;
    },
    async end(isInterrupted) {
      if (drawn !== null || isInterrupted) await writeOut('\n');
      drawn = null;
    },
  };
}

function wholeLines(given: NewLines): string {
  return given.lines.map((line) => `${prefixOf(given)}${line}\n`).join('');
}

function prefixOf({ name, isOneOfSeveral }: NewLines): string {
  return isOneOfSeveral ? `[${name}] ` : '';
}

/** A wrapped line could not be drawn over. */
function cutToWidth(line: string): string {
  const text = line.replaceAll('\t', ' ');
  const width = process.stdout.columns;
  return text.length < width ? text : `${text.slice(0, width - 2)}…`;
}
