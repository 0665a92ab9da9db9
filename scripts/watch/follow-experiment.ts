import { setTimeout as delay } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { ServiceError, type Client } from '@temporalio/client';
import colors from 'picocolors';
import { measured } from '../../workflows/domain/progress.ts';
import { printJson, printLine } from '../print.ts';
import { UserError } from '../user-error.ts';
import { lookAtExperiment, type ExperimentSnapshot } from './experiment-snapshot.ts';
import { messageLine } from './render-messages.ts';
import { describeAct, renderSnapshot } from './render-snapshot.ts';

/** How the person or program at the other end wants to see an experiment. */
export type ShowSnapshot = (snapshot: ExperimentSnapshot) => void;

const pollMilliseconds = 1_000;
const mostFailedLooks = 60;

export interface FollowOptions {
  show: ShowSnapshot;
  /** Ends the following early: the promise then rejects with the signal's reason. */
  signal?: AbortSignal;
}

/** Shows the experiment until it ends; returns the last look. An outage of a minute is waited for. */
export async function followExperiment(
  client: Client,
  id: string,
  { show, signal }: FollowOptions,
): Promise<ExperimentSnapshot> {
  for (let failedLooks = 0; ;) {
    try {
      const snapshot = await lookAtExperiment(client, id);
      failedLooks = 0;
      show(snapshot);
      if (snapshot.status !== 'RUNNING') return snapshot;
    } catch (error) {
      failedLooks += 1;
      if (!(error instanceof ServiceError) || failedLooks > mostFailedLooks) throw unreachable(error);
    }
    await delay(pollMilliseconds, undefined, { signal });
  }
}

function unreachable(error: unknown): unknown {
  if (!(error instanceof ServiceError)) return error;
  return new UserError(
    'Temporal cannot be reached any more; the experiment goes on when it is back: start it with `npx longrun up`.',
  );
}

/** The right way to show it: JSON for programs, a picture for a terminal, lines for everything else. */
export function snapshotView(json: boolean): ShowSnapshot {
  if (json)
    return onChange(
      (snapshot) => JSON.stringify(snapshot),
      (snapshot) => printJson({ event: 'progress', ...snapshot }),
    );
  return process.stdout.isTTY ? redrawing() : linePerChange(printLine);
}

function onChange(key: (snapshot: ExperimentSnapshot) => string, show: ShowSnapshot): ShowSnapshot {
  let last = '';
  return (snapshot) => {
    const now = key(snapshot);
    if (now !== last) show(snapshot);
    last = now;
  };
}

/**
 * Draws over what was drawn before. Lines are cut to the terminal, since a wrapped one would break the counting, and so
 * would one that has scrolled away.
 */
function redrawing(): ShowSnapshot {
  let drawnLines = 0;
  return (snapshot) => {
    const width = process.stdout.columns;
    const lines = renderSnapshot(snapshot, width)
      .slice(0, process.stdout.rows - 1)
      .map((line) => cutToWidth(line, width));
    process.stdout.write(`${drawnLines > 0 ? `\u001b[${drawnLines}A` : ''}\u001b[J${lines.join('\n')}\n`);
    drawnLines = lines.length;
  };
}

function cutToWidth(line: string, width: number): string {
  const visible = stripVTControlCharacters(line);
  return visible.length <= width ? line : `${visible.slice(0, width - 1)}…`;
}

/** A line where something has changed, for logs and pipes. */
export function linePerChange(print: (line: string) => void): ShowSnapshot {
  let trialsShown = 0;
  let messagesShown = 0;
  let warningsShown: string[] = [];
  const showAct = onChange(describeAct, (snapshot) => print(describeAct(snapshot)));
  return (snapshot) => {
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
    showAct(snapshot);
  };
}
