import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { withClient, type CommandContext } from './command-context.ts';
import { reportFile } from './commands/show.ts';
import { goOnWhenNobodyReads } from './end-when-nobody-reads.ts';
import { announceEnd } from './watch/announce-end.ts';
import { printJson, printLine } from './print.ts';
import { startEverything, type Everything, type EverythingOptions } from './start-everything.ts';
import { startExperiment, type StartRequest } from './start-experiment.ts';
import { workflowLink } from './temporal-location.ts';
import { UserError } from './user-error.ts';
import { followExperiment } from './watch/follow-experiment.ts';
import { snapshotView } from './watch/snapshot-view.ts';

export interface ForegroundOptions extends EverythingOptions {
  request: StartRequest;
  isJson: boolean;
  /** Whether Ctrl-C cancels the experiment, too; else it waits in the database for the next workers. */
  isCancelledOnInterrupt: boolean;
}

/** Temporal, the workers and one experiment to its report, then all of it stopped. Ctrl-C stops it earlier. */
export async function runInForeground(context: CommandContext, options: ForegroundOptions): Promise<number> {
  goOnWhenNobodyReads();
  const everything = await startEverything(context, options);
  const stopping = new AbortController();
  try {
    const following = followToReport(everything, options, stopping.signal);
    const interruption = options.interrupted.then(() => interrupt(everything, options, following));
    return await Promise.race([following, interruption]);
  } finally {
    stopping.abort();
    await everything.stop();
  }
}

async function followToReport(
  { context }: Everything,
  { request, isJson }: ForegroundOptions,
  signal: AbortSignal,
): Promise<number> {
  return await withClient(context, async (client) => {
    await startExperiment(client, context, request);
    const link = workflowLink(context.temporal, request.id);
    if (isJson) printJson({ event: 'started', id: request.id, link });
    else printLine(`Started ${request.id}${link === null ? '' : `, to be seen at ${link}`}\n`);
    const last = await followExperiment(client, request.id, { view: snapshotView(isJson), signal });
    return announceEnd(last, reportFile(context, last), isJson);
  });
}

/** What is cancelled is followed to its end: then nothing of it runs any more. */
async function interrupt(
  { context }: Everything,
  { request: { id }, isCancelledOnInterrupt }: ForegroundOptions,
  following: Promise<number>,
): Promise<number> {
  if (!isCancelledOnInterrupt) {
    process.stderr.write(`Stopped. ${id} goes on where it is with \`npx longrun up\`.\n`);
    return 1;
  }
  process.stderr.write(`Cancelling ${id} and its training.\n`);
  await withClient(context, (client) => cancel(client, id));
  try {
    return await Promise.race([following, refuseToWaitLonger(id)]);
  } finally {
    // Last of all: a picture that is drawn anew until the end would be drawn over it.
    process.stderr.write(`The files of ${id} are in ${join(context.configuration.artifactRoot, id)}.\n`);
  }
}

async function cancel(client: Client, id: string): Promise<void> {
  try {
    await client.workflow.getHandle(id).cancel();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) throw new UserError(`Stopped before ${id} was started.`);
    throw error;
  }
}

const mostCancellingSeconds = 60;

async function refuseToWaitLonger(id: string): Promise<never> {
  await delay(mostCancellingSeconds * 1000, undefined, { ref: false });
  throw new UserError(`${id} has not ended within ${mostCancellingSeconds} s: it does when workers run again.`);
}
