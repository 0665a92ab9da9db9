import { withClient, type CommandContext } from './command-context.ts';
import { reportFile } from './commands/show.ts';
import { announceEnd } from './commands/watch.ts';
import { printJson, printLine } from './print.ts';
import { startEverything, type Everything, type EverythingOptions } from './start-everything.ts';
import { startExperiment, type StartRequest } from './start-experiment.ts';
import { stopSignal } from './stop-signal.ts';
import { workflowLink } from './temporal-location.ts';
import { followExperiment, snapshotView } from './watch/follow-experiment.ts';

export interface ForegroundOptions extends EverythingOptions {
  request: StartRequest;
  isJson: boolean;
}

/**
 * Temporal, the workers and one experiment to its report, then all of it stopped. Ctrl-C stops it earlier; the
 * experiment then waits in the database for the next workers.
 */
export async function runInForeground(context: CommandContext, options: ForegroundOptions): Promise<number> {
  const interrupted = stopSignal();
  const everything = await startEverything(context, options);
  try {
    return await Promise.race([followToReport(everything, options), interrupted.then(() => sayHowToGoOn(options))]);
  } finally {
    await everything.stop();
  }
}

async function followToReport({ context }: Everything, { request, isJson }: ForegroundOptions): Promise<number> {
  return await withClient(context, async (client) => {
    await startExperiment(client, context, request);
    const link = workflowLink(context.temporal, request.id);
    if (isJson) printJson({ event: 'started', id: request.id, link });
    else printLine(`Started ${request.id}${link === null ? '' : `, to be seen at ${link}`}\n`);
    const last = await followExperiment(client, request.id, snapshotView(isJson));
    const report = reportFile(context, last);
    if (isJson)
      printJson({
        event: 'end',
        id: request.id,
        status: last.status,
        result: last.result,
        failure: last.failure,
        report,
      });
    else announceEnd(last, report);
    return last.status === 'COMPLETED' ? 0 : 1;
  });
}

function sayHowToGoOn({ request }: ForegroundOptions): number {
  process.stderr.write(`Stopped. ${request.id} goes on where it is with \`npx longrun up\`.\n`);
  return 1;
}
