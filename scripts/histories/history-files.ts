import { readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { historyFromJSON, historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { z } from 'zod';
import { UserError } from '../user-error.ts';
import type { WorkflowHistory } from './workflow-history.ts';

/** As the `temporal` command and the Web UI write it, too. */
export async function writeHistory(file: string, { history }: WorkflowHistory): Promise<void> {
  const json: unknown = JSON.parse(historyToJSON(history));
  await writeFile(`${file}.tmp`, `${JSON.stringify(json, null, 1)}\n`);
  await rename(`${file}.tmp`, file);
}

const startedSchema = z.object({
  events: z
    .tuple([
      z.object({
        workflowExecutionStartedEventAttributes: z.object({
          workflowId: z.string().optional(),
          originalExecutionRunId: z.string().optional(),
        }),
      }),
    ])
    .rest(z.object({ eventId: z.string() })),
});

/** Throws a UserError with exit status 2 for a file that holds no history. */
export async function readHistory(file: string): Promise<WorkflowHistory> {
  const text = await readFile(file, 'utf8');
  try {
    const json: unknown = JSON.parse(text);
    const { workflowId, originalExecutionRunId } =
      startedSchema.parse(json).events[0].workflowExecutionStartedEventAttributes;
    const history = historyFromJSON(json);
    return { workflowId: workflowId ?? basename(file, '.json'), runId: originalExecutionRunId ?? '', history };
  } catch {
    throw new UserError(
      `${file} is no history: \`longrun history ID\` and \`temporal workflow show -o json\` make some.`,
      2,
    );
  }
}

/** The file itself, or the JSON files of a folder; null where there is neither, and for the folder of an experiment. */
export async function findHistoryFiles(path: string): Promise<string[] | null> {
  let isFolder: boolean;
  try {
    isFolder = (await stat(path)).isDirectory();
  } catch {
    if (!/[/\\]|\.json$/.test(path)) return null;
    throw new UserError(
      `There is no file ${path}: name one that \`longrun history\` saved, or the id of an experiment.`,
      2,
    );
  }
  if (!isFolder) return [path];
  const names = (await readdir(path)).filter((name) => name.endsWith('.json'));
  if (names.includes('experiment.json')) return null;
  if (names.length === 0) throw new UserError(`There is no history in ${path}: it has no JSON file.`, 2);
  return names.toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true })).map((name) => join(path, name));
}
