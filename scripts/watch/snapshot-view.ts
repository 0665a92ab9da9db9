import { stripVTControlCharacters } from 'node:util';
import colors from 'picocolors';
import { measured } from '../../workflows/domain/progress.ts';
import { printJson, printLine } from '../print.ts';
import type { ExperimentSnapshot } from './experiment-snapshot.ts';
import { messageLine } from './render-messages.ts';
import { describeAct, renderSnapshot } from './render-snapshot.ts';

/** How the person or program at the other end wants to see an experiment. */
export interface SnapshotView {
  show(snapshot: ExperimentSnapshot): void;
  /** The server has not answered since then. Said again and again while that lasts. */
  showSilence(since: Date): void;
}

/** The right one: JSON for programs, a picture for a terminal, lines for everything else. */
export function snapshotView(json: boolean): SnapshotView {
  if (json) return jsonPerChange();
  return process.stdout.isTTY ? redrawing(process.stdout) : linePerChange(printLine);
}

/** For programs a silence is no event: it is said to the people beside them. */
function jsonPerChange(): SnapshotView {
  const isNew = changes();
  const isNewSilence = changes();
  return {
    show(snapshot) {
      if (isNew(JSON.stringify(snapshot))) printJson({ event: 'progress', ...snapshot });
    },
    showSilence(since) {
      if (isNewSilence(since.toISOString())) process.stderr.write(`${describeSilence(since)}\n`);
    },
  };
}

function describeSilence(since: Date): string {
  return `Temporal does not answer since ${since.toISOString().slice(11, 19)} UTC; it is asked again for a minute.`;
}

function changes(): (now: string) => boolean {
  let last = '';
  return (now) => {
    const isNew = now !== last;
    last = now;
    return isNew;
  };
}

type Terminal = Pick<NodeJS.WriteStream, 'columns' | 'rows'> & { write: (text: string) => unknown };

/**
 * Draws over what was drawn before. Lines are cut to the terminal, since a wrapped one would break the counting, and so
 * would one that has scrolled away. Another size wraps all of them anew: then the screen is cleared.
 */
export function redrawing(terminal: Terminal): SnapshotView {
  let drawn = { lines: 0, size: '' };
  let last: ExperimentSnapshot | null = null;
  const draw = (notes: readonly string[]): void => {
    const { columns, rows } = terminal;
    const lines = [...notes, ...(last === null ? [] : renderSnapshot(last, columns))]
      .slice(0, rows - 1)
      .map((line) => cutToWidth(line, columns));
    const size = `${columns} ${rows}`;
    const up = drawn.size === size ? `\u001b[${drawn.lines}A\u001b[J` : '\u001b[H\u001b[2J';
    terminal.write(`${drawn.lines === 0 ? '\u001b[J' : up}${lines.join('\n')}\n`);
    drawn = { lines: lines.length, size };
  };
  return {
    show(snapshot) {
      last = snapshot;
      draw([]);
    },
    showSilence: (since) => draw([colors.yellow(describeSilence(since))]),
  };
}

function cutToWidth(line: string, width: number): string {
  const visible = stripVTControlCharacters(line);
  return visible.length <= width ? line : `${visible.slice(0, width - 1)}…`;
}

/** A line where something has changed, for logs and pipes. */
export function linePerChange(print: (line: string) => void): SnapshotView {
  let trialsShown = 0;
  let messagesShown = 0;
  let warningsShown: string[] = [];
  // A silence is one of the acts: after it, the act before is news again.
  const isNewAct = changes();
  return {
    show(snapshot) {
      const { recentTrials = [], recentMessages = [], warnings = warningsShown, metric } = snapshot.progress ?? {};
      for (const entry of recentTrials) {
        if (entry.trial <= trialsShown) continue;
        print(`trial ${entry.trial} done: ${entry.title}, ${metric?.name} ${measured(entry)}`);
        trialsShown = entry.trial;
      }
      for (const message of recentMessages) {
        if (message.number <= messagesShown) continue;
        print(messageLine(message));
        messagesShown = message.number;
      }
      for (const warning of warnings) if (!warningsShown.includes(warning)) print(colors.yellow(`${warning}.`));
      warningsShown = warnings;
      const act = describeAct(snapshot);
      if (isNewAct(act)) print(act);
    },
    showSilence(since) {
      const silence = describeSilence(since);
      if (isNewAct(silence)) print(colors.yellow(silence));
    },
  };
}
