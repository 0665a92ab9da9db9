import { setTimeout as delay } from 'node:timers/promises';
import { hasLog, type ExecutionLog } from '../../activities/execution-logs/execution-log.ts';
import { findExecutionLogs } from '../../activities/execution-logs/find-execution-logs.ts';
import { UserError } from '../user-error.ts';
import type { LineView } from './line-view.ts';
import { logLines, type LogLines } from './log-lines.ts';
import { onOtherHost } from './log-problems.ts';
import { openLogTail, type LogTail } from './log-tail.ts';
import { isTrialOver } from './is-trial-over.ts';
import type { OpenedFiles } from './open-experiment-files.ts';

const pollMilliseconds = 250;
const lastLines = 10;

interface Followed {
  tail: LogTail;
  lines: LogLines;
}

export interface FollowLogsOptions {
  view: LineView;
  /** Ends the following early. */
  signal: AbortSignal;
}

/**
 * The last lines of each log of a trial, then what comes, until all of its executions have ended, also those that have
 * yet to begin. What runs on another host cannot be followed from here: that is said once, and not waited for.
 */
export async function followLogs(files: OpenedFiles, trial: number, options: FollowLogsOptions): Promise<void> {
  const { view, signal } = options;
  const followed = new Map<string, Followed>();
  const elsewhere = new Set<string>();
  try {
    for (let isFirstLook = true; !signal.aborted; isFirstLook = false) {
      const executions = await findExecutionLogs(files, trial);
      announceElsewhere(files.experiment.id, executions, elsewhere);
      // Whether it has ended is asked before its log is read, so that nothing is missed.
      const here = executions.filter(({ name }) => !elsewhere.has(name));
      const isOneOfSeveral = here.filter(hasLog).length > 1;
      for (const execution of here) {
        const log = followed.get(execution.name) ?? begin(execution, isFirstLook ? lastLines : null);
        if (log === null) continue;
        followed.set(execution.name, log);
        await showNew(execution, log, { view, isOneOfSeveral });
      }
      if (here.every(({ state }) => state === 'ended') && (await isTrialOver(files, trial, executions))) return;
      await pause(signal);
    }
  } finally {
    await view.end(signal.aborted);
    for (const { tail } of followed.values()) await tail.close();
  }
}

/** Throws a UserError where there is nothing else to follow. */
function announceElsewhere(id: string, executions: readonly ExecutionLog[], elsewhere: Set<string>): void {
  const found = executions.filter((execution) => {
    return hasLog(execution) && execution.file === null && !elsewhere.has(execution.name);
  });
  if (found.length === 0) return;
  const problems = found.map((execution) => onOtherHost(id, execution, '--follow')).join('\n');
  for (const { name } of found) elsewhere.add(name);
  if (executions.every(({ name }) => elsewhere.has(name))) throw new UserError(problems);
  process.stderr.write(`${problems}\n`);
}

function begin(execution: ExecutionLog, lastLines: number | null): Followed | null {
  if (execution.file === null) return null;
  return { tail: openLogTail(execution, execution.file, lastLines), lines: logLines() };
}

async function showNew(
  { trial, name, state }: ExecutionLog,
  { tail, lines }: Followed,
  { view, isOneOfSeveral }: { view: LineView; isOneOfSeveral: boolean },
): Promise<void> {
  const show = (found: string[]): Promise<void> =>
    view.show({ trial, name, isOneOfSeveral, lines: found, unfinished: lines.unfinished });
  for await (const bytes of tail.read()) await show(lines.feed(bytes));
  if (state === 'ended') await show(lines.end());
}

async function pause(signal: AbortSignal): Promise<void> {
  try {
    await delay(pollMilliseconds, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
