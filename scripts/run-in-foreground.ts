import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { withClient, type CommandContext } from './command-context.ts';
import { reportFile } from './commands/show.ts';
import { announceEnd } from './watch/announce-end.ts';
import { printJson, printLine } from './print.ts';
import { startEverything, type Everything, type EverythingOptions } from './start-everything.ts';
import { startExperiment, type StartRequest } from './start-experiment.ts';
import { stopSignal } from './stop-signal.ts';
import { workflowLink } from './temporal-location.ts';
import { followExperiment, snapshotView } from './watch/follow-experiment.ts';

export interface ForegroundOptions extends Omit<EverythingOptions, 'interrupted'> {
  request: StartRequest;
  isJson: boolean;
  /** Whether Ctrl-C ends the experiment too; else it waits in the database for the next workers. */
  isCancelledOnInterrupt: boolean;
}

/** Temporal, the workers and one experiment to its report, then all of it stopped. Ctrl-C stops it earlier. */
export async function runInForeground(context: CommandContext, options: ForegroundOptions): Promise<number> {
  const interrupted = stopSignal();
  const everything = await startEverything(context, { ...options, interrupted });
  const following = new AbortController();
  try {
    return await Promise.race([
      followToReport(everything, options, following.signal),
      interrupted.then(() => interrupt(everything, options)),
    ]);
  } finally {
    following.abort();
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
    const last = await followExperiment(client, request.id, { show: snapshotView(isJson), signal });
    return announceEnd(last, reportFile(context, last), isJson);
  });
}

async function interrupt(
  { context }: Everything,
  { request, isCancelledOnInterrupt }: ForegroundOptions,
): Promise<number> {
  if (isCancelledOnInterrupt) {
    process.stderr.write(`Cancelling ${request.id} and its training.\n`);
    await withClient(context, async (client) => {
      const handle = client.workflow.getHandle(request.id);
      await handle.cancel();
      await waitForEnd(handle);
    });
  } else {
    process.stderr.write(`Stopped. ${request.id} goes on where it is with \`npx longrun up\`.\n`);
  }
  return 1;
}

/** However it ends, nothing of it runs any more; only a server that cannot be asked is an error here. */
async function waitForEnd(handle: WorkflowHandle): Promise<void> {
  try {
    await handle.result();
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
  }
}
