import type { Metric } from '../../../workflows/schema/metric.ts';
import { isCapacityTask, untriedRungs, type Rung } from './ladder.ts';
import { readMetric, readTasks, requiredSection, type Sections } from './read-prompt.ts';
import { bestOf, readTrials, type EarlierTrial } from './read-trials.ts';
import { addedUpdates } from './task-updates.ts';
import { capitalized, joined, listed, shortened, uncapitalized, withJson, withoutFullStop } from './words.ts';

/** The plan after a change within noise: what only adds capacity goes, what adds data or training comes. */
export function writeRevision(sections: Sections): string {
  const metric = readMetric(requiredSection(sections, 'metric'));
  const given = withoutFullStop(requiredSection(sections, 'reason for the revision'));
  const tasks = readTasks(sections);
  const trials = readTrials(sections);
  const dropped = tasks.filter(({ title, status }) => status === 'open' && isCapacityTask(title));
  const left = untriedRungs(trials, tasks).filter(({ task }) => !isCapacityTask(task));
  const plan = [
    whatChanged({ given, trials, dropped: dropped.map(({ title }) => title), left }),
    goal(metric),
    `## Data\n\nUnchanged: 400 images for training, 700 for validation, 697 for testing, split once with a fixed number. Nothing is chosen by looking at the test part.`,
    `## Measurement\n\nUnchanged, so that values from before and after can be compared: \`${metric.name}\` from the weights of the last epoch, its noise from the spread over seeds.`,
    whatIsKnown(trials, metric),
    thingsToTry(left),
    whenToStop(metric),
  ];
  const taskUpdates = [...dropped.map(({ id }) => ({ id, status: 'dropped' })), ...addedUpdates(left, tasks)];
  return withJson(plan, { reason: shortened(given, 400), taskUpdates: taskUpdates.slice(0, 12) });
}

interface Change {
  given: string;
  trials: readonly EarlierTrial[];
  dropped: readonly string[];
  left: readonly Rung[];
}

function whatChanged({ given, trials, dropped, left }: Change): string {
  const cause = trials.findLast(({ verdict }) => verdict === 'revisePlan');
  const shown = cause === undefined ? '' : ` Trial ${cause.number} (${cause.title}) shows it with ${cause.outcome}.`;
  const removed = dropped.length === 0 ? '' : ` Dropped: ${listed(dropped.map(uncapitalized))}.`;
  const tasks = left.map(({ task }) => uncapitalized(task)).join('; then ');
  const added = left.length === 0 ? ' Nothing new is left to try.' : ` Now in line: ${tasks}.`;
  return `## What changed\n\n${capitalized(given)}.${shown}${removed}${added}`;
}

function goal({ name, direction, target }: Metric): string {
  const aim = target === undefined ? '' : ` to ${direction === 'minimize' ? 'at most' : 'at least'} ${target}`;
  return `## Goal\n\nUnchanged: bring \`${name}\`${aim === '' ? ` as ${direction === 'minimize' ? 'low' : 'high'} as possible` : aim}, as the mean over all seeds.`;
}

function whatIsKnown(trials: readonly EarlierTrial[], metric: Metric): string {
  const best = bestOf(trials, metric);
  const lines = trials.map(({ number, title, outcome, standing }) => {
    const against = standing === null ? '' : `; ${standing.text}`;
    return `- Trial ${number}, ${title}: ${outcome}${against}`;
  });
  const mark =
    best === null ? 'Nothing has been measured yet.' : `The mark to beat is trial ${best.number} with ${best.outcome}.`;
  return joined(['## What is known', lines.join('\n'), mark]);
}

function thingsToTry(left: readonly Rung[]): string {
  const items = left.map(({ task, hope, doubt }, index) => `${index + 1}. **${task}.** ${hope}. ${doubt}.`);
  return joined(['## Things to try', items.length === 0 ? 'Nothing that has not been tried.' : items.join('\n')]);
}

function whenToStop({ name, target }: Metric): string {
  const reached = target === undefined ? [] : [`- when the mean of \`${name}\` over the seeds has reached ${target}`];
  return joined([
    '## When to stop',
    [...reached, '- when the last of these changes stays within noise as well'].join('\n'),
  ]);
}
