import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { experimentIdOf } from '../../workflows/domain/experiment-id.ts';
import { commandContext, withClient, type CommandContext } from '../command-context.ts';
import { fetchExperiment, type WorkflowRun } from '../histories/fetch-histories.ts';
import { writeHistory } from '../histories/history-files.ts';
import { printJson, printLine } from '../print.ts';
import { errorCode } from '../text-input.ts';
import { UserError } from '../user-error.ts';
import { findExperiment } from '../watch/find-experiment.ts';

export interface HistoryOptions {
  output?: string;
  json?: boolean;
}

interface SavedHistory extends WorkflowRun {
  file: string;
  events: number;
}

/** Saves the histories of an experiment and its trials, a file for each run, as far as the server still has them. */
export async function history(id: string, { output, json = false }: HistoryOptions): Promise<number> {
  const context = commandContext();
  return await withClient(context, async (client) => {
    const found = await findExperiment(client, id);
    const folder = output ?? defaultFolder(context, found.id);
    await openFolder(folder, output !== undefined);
    const saved: SavedHistory[] = [];
    const gone: WorkflowRun[] = [];
    for await (const fetched of fetchExperiment(client, found)) {
      const { workflowId, runId } = fetched;
      if (fetched.kind === 'gone') {
        gone.push({ workflowId, runId });
        continue;
      }
      const file = join(
        folder,
        fileName(workflowId, saved.filter((each) => each.workflowId === workflowId).length + 1),
      );
      await writeHistory(file, fetched);
      const events = fetched.history.events?.length ?? 0;
      saved.push({ workflowId, runId, file, events });
      if (!json) printLine(`${file}: ${events} events`);
    }
    if (json) printJson({ id: found.id, folder, saved, gone });
    else printLine(renderSummary(folder, saved, gone));
    return 0;
  });
}

function defaultFolder({ configuration }: CommandContext, id: string): string {
  const folder = join(configuration.artifactRoot, id);
  if (existsSync(join(folder, 'experiment.json'))) return join(folder, 'history');
  throw new UserError(
    `The files of ${id} are not in ${configuration.artifactRoot}: say where to with --output FOLDER.`,
    2,
  );
}

async function openFolder(folder: string, isOption: boolean): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    if (!isOption) throw error;
    const mend = 'name a folder that is there or can be made';
    throw new UserError(`--output ${folder} cannot be used (${errorCode(error)}): ${mend}.`, 2);
  }
}

/** What is continued as new has several runs under one id. */
function fileName(workflowId: string, run: number): string {
  const name = experimentIdOf(workflowId);
  return run === 1 ? `${name}.json` : `${name}-run-${run}.json`;
}

function renderSummary(folder: string, saved: readonly SavedHistory[], gone: readonly WorkflowRun[]): string {
  const histories = saved.length === 1 ? '1 history' : `${saved.length} histories`;
  const lines = [`Saved ${histories} in ${folder}.`];
  if (gone.length > 0) {
    const runs = gone.map(({ workflowId, runId }) => `${workflowId} (run ${runId})`).join(', ');
    lines.push(`The server has forgotten: ${runs}.`);
  }
  return lines.join('\n');
}
