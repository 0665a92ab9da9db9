import { nothingSpent } from '../workflows/domain/budget.ts';
import { describeMetric } from '../workflows/domain/metric.ts';
import type { Reply, Round } from '../workflows/domain/reply.ts';
import { paddedNumber, type TrialBrief } from '../workflows/domain/trial.ts';
import type { ArtifactFolder } from './adapters/artifact-store.ts';
import { askLanguageModel } from './ask-language-model.ts';
import type { LanguageModelDependencies } from './dependencies.ts';
import { trialFolder } from './experiment-files.ts';
import { countTokens } from './language-model/count-tokens.ts';

export interface SummarizeLogInput extends TrialBrief, Round {
  /** The executions whose logs were compacted, each with its ending in words. */
  executions: { name: string; ending: string }[];
}

/** A digest of so many tokens is read as it is, as its own summary: no shorter than a model's, and in the log's words. */
const mostTokensWithoutSummary = 1_000;

/**
 * The digests of a trial's logs become a page that every later trial can read: `summary.md`. Where they are as short as
 * that anyway, `digest.md` is that page, and no model is asked.
 */
export async function summarizeLog(
  dependencies: LanguageModelDependencies,
  input: SummarizeLogInput,
): Promise<Reply<null>> {
  const folder = dependencies.artifacts.folder(input.experiment.id);
  const place = trialFolder(input.number);
  const digest = await trialDigest(folder, input);
  await folder.write(`${place}/digest.md`, digest);
  if (countTokens(digest) <= mostTokensWithoutSummary) return { kind: 'usable', value: null, spending: nothingSpent };
  const answered = await askLanguageModel(dependencies, {
    ...input,
    experimentId: input.experiment.id,
    owner: `trial-${paddedNumber(input.number)}`,
    prompt: 'summarize-log',
    output: null,
    inputs: { metric: describeMetric(input.metric), 'digest of the logs': digest },
  });
  if (answered.kind !== 'complete') return answered;
  await folder.write(`${place}/summary.md`, `${answered.text.trim()}\n`);
  return { kind: 'usable', value: null, spending: answered.spending };
}

async function trialDigest(folder: ArtifactFolder, { number, executions }: SummarizeLogInput): Promise<string> {
  const parts = await Promise.all(
    executions.map(async ({ name, ending }) => {
      const digest = await folder.read(`${trialFolder(number)}/${name}/digest.md`);
      return `## ${name}: ${ending}\n\n${digest.trim()}\n`;
    }),
  );
  return parts.join('\n');
}
