import { describeMetric } from '../workflows/domain/metric.ts';
import type { PersonMessage } from '../workflows/domain/person-message.ts';
import type { ArtifactFolder } from './adapters/artifact-store.ts';
import { messagesOfPeople, trialFolder } from './experiment-files.ts';
import { readOrigin } from './forks/experiment-record.ts';
import { readForkPoint } from './forks/fork-point.ts';
import { quoteMessage } from './quote-message.ts';
import type { SoFar } from './write-so-far.ts';

/**
 * EXPERIMENT_LOG.md: the entry of every trial, and between them what people said at the time. It is made anew each time;
 * the entries, which prompts are made of, stay as they were written.
 */
export async function renderLog(
  folder: ArtifactFolder,
  { title, metric, trials, messages }: Pick<SoFar, 'title' | 'metric' | 'trials' | 'messages'>,
): Promise<string> {
  const said = await messagesOfPeople(folder, messages);
  const parts: string[] = [];
  let told = 0;
  for (const trial of trials) {
    // A trial from before there were fork points does not say how much was said by then: the next one tells it.
    const count = (await readForkPoint(folder, trial))?.messages ?? told;
    parts.push(...renderSaid(said.slice(told, count), ` before trial ${trial} ended`));
    parts.push(await folder.read(`${trialFolder(trial)}/entry.md`));
    told = Math.max(told, count);
  }
  const last = trials.at(-1);
  parts.push(...renderSaid(said.slice(told), last === undefined ? '' : ` after trial ${last}`));
  return [`# ${title}\n`, `Metric: ${describeMetric(metric)}\n`, ...(await renderOrigin(folder)), ...parts].join('\n');
}

function renderSaid(messages: readonly PersonMessage[], when: string): string[] {
  if (messages.length === 0) return [];
  return [`## What people said${when}\n\n${messages.map(quoteMessage).join('\n')}\n`];
}

async function renderOrigin(folder: ArtifactFolder): Promise<string[]> {
  const origin = await readOrigin(folder);
  if (origin === null) return [];
  const { experiment, trial } = origin;
  return [
    `Forked from ${experiment} after trial ${trial}. The checkpoints and the calls of language models up to there are in the folder of ${experiment} alone.\n`,
  ];
}
