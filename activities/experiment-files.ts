import { readFileSync } from 'node:fs';
import type { Task } from '../workflows/schema/task.ts';
import { describeMessage, type PersonMessage } from '../workflows/domain/person-message.ts';
import { renderTasks } from '../workflows/domain/task-list.ts';
import { paddedNumber, type TrialResult } from '../workflows/domain/trial.ts';
import type { ArtifactFolder } from './adapters/artifact-store.ts';

/*
 * Where each thing lies in an experiment's folder. What prompts are made of is written once and never changed, so
 * that a retried call asks the very same question.
 */

export const trialFolder = (trial: number): string => `trials/${paddedNumber(trial)}`;
export const planPath = (version: number): string => `plans/PLAN-${paddedNumber(version)}.md`;
export const messagePath = (number: number): string => `messages/${String(number).padStart(4, '0')}.json`;
export const surveyPath = 'host.md';

/** The entries of EXPERIMENT_LOG.md, oldest first; null before the first trial has ended. */
export async function earlierTrials(folder: ArtifactFolder, trials: readonly number[]): Promise<string | null> {
  const entries = await Promise.all(trials.map((trial) => folder.read(`${trialFolder(trial)}/entry.md`)));
  return entries.length === 0 ? null : entries.join('\n');
}

export async function trialResults(folder: ArtifactFolder, trials: readonly number[]): Promise<TrialResult[]> {
  return await Promise.all(
    trials.map(async (trial) => JSON.parse(await folder.read(`${trialFolder(trial)}/result.json`)) as TrialResult),
  );
}

export async function messagesOfPeople(folder: ArtifactFolder, count: number): Promise<PersonMessage[]> {
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  return await Promise.all(numbers.map(async (number) => parseMessage(await folder.read(messagePath(number)))));
}

function parseMessage(text: string): PersonMessage {
  const message = JSON.parse(text) as PersonMessage | { kind: 'changeModels' };
  // As `changeModel` was called once.
  return (message.kind === 'changeModels' ? { ...message, kind: 'changeModel' } : message) as PersonMessage;
}

/** What people said, word for word, oldest first; null when nobody said anything. */
export async function wordsOfPeople(folder: ArtifactFolder, count: number): Promise<string | null> {
  const messages = await messagesOfPeople(folder, count);
  return messages.length === 0 ? null : messages.map(renderMessage).join('\n');
}

function renderMessage(message: PersonMessage): string {
  const line = `- ${describeMessage(message)}`;
  return message.kind === 'feedback' ? `${line}\n\n${message.text}\n` : line;
}

/** What a log came to in the model's words; where it gave none, the digest itself. */
export async function summaryOf(folder: ArtifactFolder, trial: number): Promise<string | null> {
  const summary = await folder.readIfPresent(`${trialFolder(trial)}/summary.md`);
  return summary ?? (await folder.readIfPresent(`${trialFolder(trial)}/digest.md`));
}

export function tasksOrNull(tasks: readonly Task[]): string | null {
  return tasks.length === 0 ? null : renderTasks(tasks);
}

/** The harness documents itself: a language model reads the same words as a person who opens the file. */
export const harnessDocumentation: string = moduleDocstring(new URL('./python/longrun.py', import.meta.url));

function moduleDocstring(file: URL): string {
  const docstring = /^"""([\s\S]*?)"""/m.exec(readFileSync(file, 'utf8'))?.[1];
  if (docstring === undefined) throw new Error(`${file.pathname} has no docstring, which prompts need.`);
  return docstring.trim();
}
