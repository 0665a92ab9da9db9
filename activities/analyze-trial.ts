import { analysisReplySchema, type Analysis } from '../workflows/schema/analysis.ts';
import type { ArtifactReference } from '../workflows/schema/artifact-reference.ts';
import { compareWithBest, describeComparison } from '../workflows/domain/comparison.ts';
import { describeMetric, meetsTarget } from '../workflows/domain/metric.ts';
import type { Reply, Round } from '../workflows/domain/reply.ts';
import { describeOutcome, paddedNumber, type TrialBrief, type TrialOutcome } from '../workflows/domain/trial.ts';
import { askForObject } from './ask-for-object.ts';
import type { LanguageModelDependencies } from './dependencies.ts';
import { earlierTrials, planPath, summaryOf, tasksOrNull, trialFolder, wordsOfPeople } from './experiment-files.ts';

/** What the trial came to, by measurement. */
export interface TrialEvidence {
  title: string;
  script: ArtifactReference | null;
  outcome: TrialOutcome;
}

export interface AnalyzeTrialInput extends TrialBrief, TrialEvidence, Round {}

/** What was measured and what the log says become a finding and a verdict; the whole text is `analysis.md`. */
export async function analyzeTrial(
  dependencies: LanguageModelDependencies,
  input: AnalyzeTrialInput,
): Promise<Reply<Analysis>> {
  const folder = dependencies.artifacts.folder(input.experiment.id);
  const place = trialFolder(input.number);
  const call = {
    ...input,
    experimentId: input.experiment.id,
    owner: `trial-${paddedNumber(input.number)}`,
    prompt: 'analyze-trial',
    inputs: {
      idea: await folder.read('IDEA.md'),
      metric: describeMetric(input.metric),
      plan: await folder.read(planPath(input.planVersion)),
      'earlier trials': await earlierTrials(folder, input.earlierTrials),
      tasks: tasksOrNull(input.tasks),
      'what people said': await wordsOfPeople(folder, input.messages),
      trial: `Trial ${input.number} (${input.step.kind}): ${input.title}`,
      script: input.script === null ? null : await folder.read(input.script.path),
      outcome: describeEvidence(input),
      'summary of the log': await summaryOf(folder, input.number),
    },
  };
  const reply = await askForObject(dependencies, call, analysisReplySchema);
  if (reply.kind !== 'usable') return reply;
  const { markdown, ...analysis } = reply.value;
  await folder.write(`${place}/analysis.md`, `${markdown}\n`);
  await folder.write(`${place}/analysis.json`, `${JSON.stringify(analysis, null, 2)}\n`);
  return { ...reply, value: analysis };
}

/** Measured facts in words; the excerpt of a failure goes along so that the finding can name its cause. */
function describeEvidence({ outcome, best, metric }: AnalyzeTrialInput): string {
  if (outcome.kind === 'completed') {
    const target =
      metric.target === undefined ? [] : [`Target: ${meetsTarget(metric, outcome.mean) ? 'reached' : 'not reached'}`];
    const comparison = `Against the best before: ${describeComparison(compareWithBest(outcome, best, metric))}`;
    const values = `Values by seed: ${outcome.values.join(', ')}`;
    return [`${metric.name}: ${describeOutcome(outcome)}`, values, comparison, ...target].join('\n');
  }
  const excerpt = 'failure' in outcome && 'excerpt' in outcome.failure ? `\n\n${outcome.failure.excerpt}` : '';
  return `${describeOutcome(outcome)}${excerpt}`;
}
