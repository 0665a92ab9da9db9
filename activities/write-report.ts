import type { Metric } from '../workflows/schema/metric.ts';
import type { Task } from '../workflows/schema/task.ts';
import { describeMetric } from '../workflows/domain/metric.ts';
import type { Reply, Round } from '../workflows/domain/reply.ts';
import type { Conclusion } from '../workflows/domain/stop-condition.ts';
import type { ExperimentIdentity } from '../workflows/domain/trial.ts';
import { verdictInWords } from '../workflows/domain/verdict-in-words.ts';
import { askLanguageModel } from './ask-language-model.ts';
import type { LanguageModelDependencies } from './dependencies.ts';
import { earlierTrials, planPath, tasksOrNull, trialResults, wordsOfPeople } from './experiment-files.ts';
import { renderTrials } from './render-report.ts';

/** What a report is about; everything of size is on disk. */
export interface ReportEvidence {
  experiment: ExperimentIdentity;
  title: string;
  metric: Metric;
  planVersion: number;
  tasks: Task[];
  trials: number[];
  conclusion: Conclusion;
}

export interface WriteReportInput extends ReportEvidence, Round {}

/** The prose of the report, kept in `narrative.md`; its tables are added by `publishReport`, from measured values. */
export async function writeReport(
  dependencies: LanguageModelDependencies,
  input: WriteReportInput,
): Promise<Reply<null>> {
  const { experiment, metric, conclusion, trials } = input;
  const folder = dependencies.artifacts.folder(experiment.id);
  const answered = await askLanguageModel(dependencies, {
    ...input,
    experimentId: experiment.id,
    owner: 'report',
    prompt: 'write-report',
    output: null,
    inputs: {
      idea: await folder.read('IDEA.md'),
      metric: describeMetric(metric),
      plan: await folder.read(planPath(input.planVersion)),
      'earlier trials': await earlierTrials(folder, trials),
      tasks: tasksOrNull(input.tasks),
      'what people said': await wordsOfPeople(folder, input.messages),
      trials: renderTrials(await trialResults(folder, trials), metric),
      conclusion: `${verdictInWords[conclusion.verdict]}: ${conclusion.reason}`,
    },
  });
  if (answered.kind !== 'complete') return answered;
  await folder.write('narrative.md', `${answered.text.trim()}\n`);
  return { kind: 'usable', value: null, spending: answered.spending };
}
