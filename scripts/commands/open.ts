import { pathToFileURL } from 'node:url';
import openInBrowser from 'open';
import { commandContext, withClient } from '../command-context.ts';
import { printJson, printLine } from '../print.ts';
import { openReport } from '../report-files.ts';
import { workflowLink } from '../temporal-location.ts';
import { UserError } from '../user-error.ts';
import { findExperiment } from '../watch/find-experiment.ts';

export interface OpenOptions {
  report?: boolean;
  json?: boolean;
}

/** Opens the Web UI or the report. The link is printed whether or not there is a browser. */
export async function open(id: string, { report = false, json = false }: OpenOptions): Promise<number> {
  const link = report ? await reportLink(id) : await pageLink(id);
  if (!json) printLine(link);
  const isOpened = hasDesktop(process.env) && (await tryToOpen(link));
  if (json) printJson({ id, link, isOpened });
  return 0;
}

async function pageLink(id: string): Promise<string> {
  const context = commandContext();
  const { handle } = await withClient(context, (client) => findExperiment(client, id));
  const link = workflowLink(context.temporal, handle.workflowId);
  if (link !== null) return link;
  throw new UserError(`Where the Web UI of ${context.temporal.address} is, only those know who run that server.`);
}

async function reportLink(id: string): Promise<string> {
  const { pagePath } = await openReport(id);
  if (pagePath !== null) return pathToFileURL(pagePath).href;
  throw new UserError(`${id} has no final report yet: \`longrun report ${id}\` prints the one so far.`);
}

/** Without a desktop a browser would be one for terminals, in which nobody looks. */
function hasDesktop({ DISPLAY, WAYLAND_DISPLAY, WSL_DISTRO_NAME }: NodeJS.ProcessEnv): boolean {
  return process.platform !== 'linux' || [DISPLAY, WAYLAND_DISPLAY, WSL_DISTRO_NAME].some(Boolean);
}

async function tryToOpen(link: string): Promise<boolean> {
  try {
    await openInBrowser(link);
    return true;
  } catch {
    return false; // There is no browser; the link is printed anyway.
  }
}
