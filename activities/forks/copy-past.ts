import { Context } from '@temporalio/activity';
import { journalEntry } from '../../workflows/domain/journal.ts';
import { headOf, rememberedMessages } from '../../workflows/domain/mailbox.ts';
import type { Past } from '../../workflows/domain/past.ts';
import { oneLine, type MessageHead, type PersonMessage } from '../../workflows/domain/person-message.ts';
import type { Fork } from '../../workflows/schema/experiment-input.ts';
import type { Metric } from '../../workflows/schema/metric.ts';
import type { ArtifactFolder } from '../adapters/artifact-store.ts';
import { withHeartbeat } from '../adapters/heartbeat.ts';
import { messagePath, messagesOfPeople, planPath, trialFolder, trialResults } from '../experiment-files.ts';
import { savePlan } from '../save-plan.ts';
import { writeSoFar } from '../write-so-far.ts';
import { copyFolder, copyNumbered, type Copying } from './copy-files.ts';
import type { ForkSource } from './find-source.ts';

export interface NewExperiment {
  folder: ArtifactFolder;
  title: string;
  metric: Metric;
  fork: Fork;
}

/** So many at once: each file waits for the disk. */
const copiedAtOnce = 8;

/**
 * Copies what the past of a fork consists of, so that everything that reads the experiment's folder finds it as if it
 * had happened here: plans, messages, and trials with their logs and digests. Left out are checkpoints, and the calls of
 * language models (`llm/`), which nothing reads again. Beats meanwhile. What it did before it was interrupted it does
 * not do twice.
 */
export async function copyPast(source: ForkSource, experiment: NewExperiment): Promise<Past> {
  const progress = { copied: 0 };
  const details = () => ({ copying: `trials of ${source.experiment}`, of: source.trial, ...progress });
  return await withHeartbeat(details, async () => {
    const copying = { from: source.folder, to: experiment.folder };
    await copyTrials(copying, source.trial, () => (progress.copied += 1));
    await copyNumbered(copying, 'messages', source.point.messages);
    await copyNumbered(copying, 'plans', source.point.plan.version);
    return await completePast(source, experiment);
  });
}

/** What is given with the fork, and what is written anew of everything that was copied. */
async function completePast(source: ForkSource, experiment: NewExperiment): Promise<Past> {
  const { folder, title, metric, fork } = experiment;
  const plan = await putPlan(source, experiment);
  const messages = await putFeedback(source.point.messages, experiment);
  const trials = trialsUpTo(source.trial);
  const results = await trialResults(folder, trials);
  const shared = { title, metric, tasks: source.point.tasks, messages };
  await writeSoFar(folder, { ...shared, planVersion: plan.version, trials }, { kind: 'goesOn' });
  const { verdict = 'continue', reason = '' } = results.at(-1) ?? {};
  return {
    ...shared,
    plan,
    journal: results.map(journalEntry),
    lastAnalysis: { verdict, reason },
    isRevisionDue: verdict === 'revisePlan' && fork.plan === undefined,
    planChanges: fork.plan === undefined ? source.point.planChanges : [],
    recent: await newestHeads(folder, messages),
  };
}

async function newestHeads(folder: ArtifactFolder, messages: number): Promise<MessageHead[]> {
  const heads = (await messagesOfPeople(folder, messages)).map((message, index) => headOf(index + 1, message));
  return heads.slice(-rememberedMessages);
}

async function copyTrials(copying: Copying, last: number, copied: () => void): Promise<void> {
  const remaining = trialsUpTo(last);
  const copySome = async (): Promise<void> => {
    for (let trial = remaining.shift(); trial !== undefined; trial = remaining.shift()) {
      Context.current().cancellationSignal.throwIfAborted();
      await copyFolder(copying, trialFolder(trial));
      copied();
    }
  };
  await Promise.all(Array.from({ length: copiedAtOnce }, copySome));
}

function trialsUpTo(last: number): number[] {
  return Array.from({ length: last }, (_, index) => index + 1);
}

/** The plan that was in force, or the one that was given as its next version. */
async function putPlan(
  { experiment, trial, point }: ForkSource,
  { folder, fork }: NewExperiment,
): Promise<Past['plan']> {
  const { plan } = point;
  if (fork.plan === undefined) {
    await folder.write('PLAN.md', await folder.read(planPath(plan.version)));
    return plan;
  }
  const version = plan.version + 1;
  await savePlan(folder, version, fork.plan);
  const reason = `given by ${nameOf(fork)} when the experiment was forked from ${experiment} after trial ${trial}`;
  return { version, reason };
}

/** How many messages there are with what was said along with the fork. */
async function putFeedback(inherited: number, { folder, fork }: NewExperiment): Promise<number> {
  if (fork.feedback === undefined) return inherited;
  const at = new Date().toISOString();
  const message: PersonMessage = { kind: 'feedback', text: fork.feedback, by: nameOf(fork), at, id: null };
  await folder.create(messagePath(inherited + 1), `${JSON.stringify(message, null, 2)}\n`);
  return inherited + 1;
}

function nameOf({ by = 'somebody' }: Fork): string {
  return oneLine(by);
}
