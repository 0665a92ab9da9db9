import { setHandler } from '@temporalio/workflow';
import type { TrialEvidence } from '../activities/analyze-trial.ts';
import type { Analysis } from './schema/analysis.ts';
import { languageModel } from './activity-proxies.ts';
import { askUntilUsable } from './ask-until-usable.ts';
import { addSpending, nothingSpent, type Spending } from './domain/budget.ts';
import { describeExecution, type Execution } from './domain/execution.ts';
import { trialOutcome, type TrialInput, type TrialResult } from './domain/trial.ts';
import { trialSummary } from './domain/trial-summary.ts';
import { compactLogs } from './compact-logs.ts';
import { executeOnGpu } from './execute-on-gpu.ts';
import { description, messagesRecordedSignal } from './messages.ts';
import { outcomeWithoutTraining, writeWorkingScript, type WrittenScript } from './write-working-script.ts';

type WorkingScript = Extract<WrittenScript, { kind: 'working' }>;

/**
 * One attempt: write a script that works, train it once per seed, compact and summarize what it printed, and say what
 * that means. Nothing that the script does fails this workflow; only the infrastructure can.
 */
export async function trial(input: TrialInput): Promise<TrialResult> {
  let messages = input.messages;
  setHandler(messagesRecordedSignal, (recorded) => void (messages = Math.max(messages, recorded)), {
    description: description.messagesRecorded,
  });

  const written = await writeWorkingScript(input, () => messages);
  const trainings = written.kind === 'working' ? await trainEverySeed(input, written) : [];
  const outcome = written.kind === 'working' ? trialOutcome(trainings) : outcomeWithoutTraining(written);
  const { title, script } = written;
  const sandbox = sandboxOf([...written.rehearsals, ...trainings]);

  const read = trainings.length > 0 ? trainings : written.rehearsals.slice(-1);
  const summarized = await summarizeLogs({ ...input, messages }, read);
  const analyzed = await analyze({ ...input, messages }, { title, script, outcome });

  const training = trainingSpending([...written.rehearsals, ...trainings]);
  const spending = [written.spending, training, summarized, analyzed.spending].reduce(addSpending);
  return { number: input.number, step: input.step, title, outcome, script, sandbox, spending, ...analyzed.analysis };
}

async function trainEverySeed(input: TrialInput, { script, lock, title }: WorkingScript): Promise<Execution[]> {
  const { experiment, number, deadlineSeconds, metric, resources } = input;
  const seeds = Array.from({ length: input.seeds }, (_, seed) => seed);
  const ended = await Promise.allSettled(
    seeds.map((seed) => {
      const name = `seed-${seed}`;
      const shared = { experiment, trial: number, name, script, lock, seed, deadlineSeconds, metric, resources };
      const summary = trialSummary(number, `train: ${title}`, input.seeds > 1 ? `seed ${seed}` : '');
      return executeOnGpu('runTraining', { ...shared, isRehearsal: false }, summary);
    }),
  );
  // Only then: a trial that ends while a training of it is still saving its checkpoint leaves it to the sweep.
  for (const each of ended) if (each.status === 'rejected') throw each.reason;
  return ended.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
}

/** Each log is compacted; the model sees the digests, and the next prompts see the summary. */
async function summarizeLogs(input: TrialInput, executions: Execution[]): Promise<Spending> {
  if (executions.length === 0) return nothingSpent;
  const { number } = input;
  await compactLogs(input, executions);
  const answer = await askUntilUsable((round) =>
    languageModel.summarizeLog.executeWithOptions({ summary: trialSummary(number, 'summarize the log') }, [
      {
        ...input,
        ...round,
        executions: executions.map(({ name, outcome }) => ({ name, ending: describeExecution(outcome) })),
      },
    ]),
  );
  return answer.spending;
}

/** An analysis that cannot be read costs its finding, not the trial: the measured values stand without it. */
async function analyze(
  input: TrialInput,
  evidence: TrialEvidence,
): Promise<{ analysis: Analysis; spending: Spending }> {
  const answer = await askUntilUsable((round) =>
    languageModel.analyzeTrial.executeWithOptions({ summary: trialSummary(input.number, 'analyse the trial') }, [
      { ...input, ...round, ...evidence },
    ]),
  );
  const { spending } = answer;
  if (answer.kind === 'usable') return { analysis: answer.value, spending };
  const finding = `No usable analysis: ${answer.problems.join('; ')}`.slice(0, 600);
  return {
    analysis: { finding, verdict: 'continue', reason: 'the analysis could not be read', taskUpdates: [] },
    spending,
  };
}

function trainingSpending(executions: readonly Execution[]): Spending {
  return { ...nothingSpent, trainingSeconds: executions.reduce((sum, { seconds }) => sum + seconds, 0) };
}

/** One process without a sandbox is a trial without one. */
function sandboxOf(executions: readonly Execution[]): TrialResult['sandbox'] {
  if (executions.length === 0) return null;
  return executions.every(({ sandbox }) => sandbox === 'bubblewrap') ? 'bubblewrap' : 'off';
}
