import { basename, resolve } from 'node:path';
import type { Client } from '@temporalio/client';
import { commandContext, withClient } from '../command-context.ts';
import { fetchExperiment, fetchRunning, type FetchedHistory } from '../histories/fetch-histories.ts';
import { findHistoryFiles, readHistory } from '../histories/history-files.ts';
import { replayHistories, type Replayed, type ReplayableHistory } from '../histories/replay-histories.ts';
import { printJson, printLine } from '../print.ts';
import { findExperiment } from '../watch/find-experiment.ts';

/**
 * Says of each history whether the workflows at hand can take it over: of the experiments and trials that run now, or of
 * those that are named by an id, a file or a folder of files. What is a file or folder here counts as that, unless it is
 * the folder of an experiment.
 */
export async function replay(targets: string[], { json = false }: { json?: boolean }): Promise<number> {
  const files: string[] = [];
  const ids: string[] = [];
  for (const target of targets) {
    const found = await findHistoryFiles(target);
    if (found === null) ids.push(basename(resolve(target)));
    else files.push(...found);
  }
  // All of them first: what is wrong with one is said before anything takes time.
  for (const file of files) await readHistory(file);
  if (targets.length > 0 && ids.length === 0) return await replayAll(readAll(files), json);
  return await withClient(commandContext(), async (client) => {
    const fetched = ids.length === 0 ? fetchRunning(client) : await fetchAll(client, ids);
    return await replayAll(both(readAll(files), named(fetched)), json);
  });
}

async function replayAll(histories: AsyncIterable<ReplayableHistory>, isJson: boolean): Promise<number> {
  const replayed: Replayed[] = [];
  for await (const each of replayHistories(histories)) {
    replayed.push(each);
    if (!isJson)
      printLine(`${each.source}: ${each.problem === null ? 'can be taken over' : `cannot: ${each.problem}`}`);
  }
  const unfit = replayed.filter(({ problem }) => problem !== null).length;
  if (isJson) printJson({ isFit: unfit === 0, histories: replayed });
  else printLine(renderSummary(replayed.length, unfit));
  return unfit === 0 ? 0 : 1;
}

function renderSummary(all: number, unfit: number): string {
  if (all === 0) return 'Nothing runs that would have to be taken over.';
  const histories = all === 1 ? '1 history' : `${all} histories`;
  return unfit === 0
    ? `This code can take over from ${histories}.`
    : `This code cannot take over from ${unfit} of ${histories}: keep the workers that they began with until they have ended.`;
}

async function* readAll(files: readonly string[]): AsyncGenerator<ReplayableHistory> {
  for (const file of files) yield { source: file, ...(await readHistory(file)) };
}

/** Throws for an id that is none before anything is fetched. */
async function fetchAll(client: Client, ids: readonly string[]): Promise<AsyncIterable<FetchedHistory>> {
  const experiments = await Promise.all(ids.map((id) => findExperiment(client, id)));
  return (async function* () {
    for (const experiment of experiments) yield* fetchExperiment(client, experiment);
  })();
}

/** Nothing has to be taken over of what the server has forgotten. */
async function* named(fetched: AsyncIterable<FetchedHistory>): AsyncGenerator<ReplayableHistory> {
  for await (const each of fetched) {
    if (each.kind === 'fetched') yield { source: each.workflowId, ...each };
  }
}

async function* both<T>(first: AsyncIterable<T>, second: AsyncIterable<T>): AsyncGenerator<T> {
  yield* first;
  yield* second;
}
