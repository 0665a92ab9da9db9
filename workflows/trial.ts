import { CancellationScope } from '@temporalio/workflow';
import type { TrialEvidence } from '../activities/analyze-trial.ts';
import type { Analysis } from './schema/analysis.ts';
import { askUntilUsable, type Answer } from './ask-until-usable.ts';
import { addSpending, nothingSpent, type Spending } from './domain/budget.ts';
import { describeExecution, type Execution } from './domain/execution.ts';
import { describeOutcome, trialOutcome, type TrialBrief, type TrialInput, type TrialResult } from './domain/trial.ts';
import { trialSummary } from './domain/trial-summary.ts';
import { compactLogs } from './compact-logs.ts';
import { executeAndCount } from './execute-and-count.ts';
import { openTrialAsker, type TrialAsker } from './trial-asker.ts';
import { outcomeWithoutTraining, writeWorkingScript, type WrittenScript } from './write-working-script.ts';

type WorkingScript = Extract<WrittenScript, { kind: 'working' }>;

/**
 * One attempt: write a script that works, train it once per seed, compact and summarize what it printed, and say what
 * that means. Nothing that the script does fails this workflow; only the infrastructure can.
 */
export async function trial({ guidance, whenSpent, ...brief }: TrialInput): Promise<TrialResult> {
  const asker = openTrialAsker({ guidance, whenSpent, number: brief.number, step: brief.step });
  try {
    return await attempt(asker, brief);
  } catch (error) {
    await CancellationScope.nonCancellable(() => asker.report());
    throw error;
  }
}

async function attempt(asker: TrialAsker, brief: TrialBrief): Promise<TrialResult> {
  const written = await writeWorkingScript(asker, brief);
  const trainings = written.kind === 'working' ? await trainEverySeed(asker, brief, written) : [];
  const outcome = written.kind === 'working' ? trialOutcome(trainings) : outcomeWithoutTraining(written);
  const { title, script } = written;
  const sandbox = sandboxOf([...written.rehearsals, ...trainings]);

  const read = trainings.length > 0 ? trainings : written.rehearsals.slice(-1);
  const summarized = await summarizeLogs(asker, brief, read);
  const analyzed = await analyze(asker, brief, { title, script, outcome });

  const training = trainingSpending([...written.rehearsals, ...trainings]);
  const spending = [written.spending, training, summarized.spending, analyzed.spending].reduce(addSpending);
  const shortage = analyzed.shortage ?? summarized.shortage ?? written.shortage;
  asker.end(describeOutcome(outcome));
  const { number, step } = brief;
  return { number, step, title, outcome, script, sandbox, spending, shortage, ...analyzed.analysis };
}

async function trainEverySeed(
  asker: TrialAsker,
  brief: TrialBrief,
  { script, lock, title }: WorkingScript,
): Promise<Execution[]> {
  await asker.begin('training');
  const { experiment, number, deadlineSeconds, metric, resources } = brief;
  const seeds = Array.from({ length: brief.seeds }, (_, seed) => seed);
  const ended = await Promise.allSettled(
    seeds.map((seed) => {
      const name = `seed-${seed}`;
      const shared = { experiment, trial: number, name, script, lock, seed, deadlineSeconds, metric, resources };
      const summary = trialSummary(number, `train: ${title}`, brief.seeds > 1 ? `seed ${seed}` : '');
      return executeAndCount(asker, { ...shared, isRehearsal: false }, { activity: 'runTraining', summary });
    }),
  );
  // Only then: a trial that ends while a training of it is still saving its checkpoint leaves it to the sweep.
  for (const each of ended) if (each.status === 'rejected') throw each.reason;
  return ended.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
}

type Asked = Pick<Answer<unknown>, 'spending'> & { shortage: string | null };

/** Each log is compacted; the model sees the digests, and the next prompts see the summary. */
async function summarizeLogs(asker: TrialAsker, brief: TrialBrief, executions: Execution[]): Promise<Asked> {
  if (executions.length === 0) return { spending: nothingSpent, shortage: null };
  const { number } = brief;
  await asker.begin('summarizing');
  await asker.goOn();
  await compactLogs(brief, executions);
  const endings = executions.map(({ name, outcome }) => ({ name, ending: describeExecution(outcome) }));
  const answer = await askUntilUsable(
    { asker, role: 'analyst' },
    {
      ask: (model, round) =>
        model.summarizeLog.executeWithOptions({ summary: trialSummary(number, 'summarize the log') }, [
          { ...brief, ...round, executions: endings },
        ]),
    },
  );
  return { spending: answer.spending, shortage: answer.kind === 'usable' ? null : answer.shortage };
}

/** An analysis that cannot be read costs its finding, not the trial: the measured values stand without it. */
async function analyze(
  asker: TrialAsker,
  brief: TrialBrief,
  evidence: TrialEvidence,
): Promise<Asked & { analysis: Analysis }> {
  await asker.begin('analysing');
  const answer = await askUntilUsable(
    { asker, role: 'analyst' },
    {
      ask: (model, round) =>
        model.analyzeTrial.executeWithOptions({ summary: trialSummary(brief.number, 'analyse the trial') }, [
          { ...brief, ...round, ...evidence },
        ]),
    },
  );
  const { spending } = answer;
  if (answer.kind === 'usable') return { analysis: answer.value, spending, shortage: null };
  const finding = `No usable analysis: ${answer.problems.join('; ')}`.slice(0, 600);
  return {
    analysis: { finding, verdict: 'continue', reason: 'the analysis could not be read', taskUpdates: [] },
    spending,
    shortage: answer.shortage,
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
