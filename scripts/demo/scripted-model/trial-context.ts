import type { Metric } from '../../../workflows/schema/metric.ts';
import type { Task } from '../../../workflows/schema/task.ts';
import { rungOfTitle, untriedRungs, type Rung } from './ladder.ts';
import { readMetric, readTasks, requiredSection, UnreadablePrompt, type Sections } from './read-prompt.ts';
import { readTrials } from './read-trials.ts';
import { summarizeDigest } from './write-summary.ts';

/** Everything that the judgement of one trial rests on, beside its outcome. */
export interface TrialContext {
  number: number;
  title: string;
  /** Null for a trial that is none of ours. */
  rung: Rung | null;
  metric: Metric;
  tasks: Task[];
  /** What is left to try after this trial. */
  left: Rung[];
  summary: string;
}

/** Reads the sections of `analyze-trial`. */
export function readTrialContext(sections: Sections): TrialContext {
  const [, number, title = ''] = /^Trial (\d+) \([a-z]+\): (.*)$/m.exec(requiredSection(sections, 'trial')) ?? [];
  if (number === undefined) throw new UnreadablePrompt('The section "trial" does not name a trial.');
  const tasks = readTasks(sections);
  const metric = readMetric(requiredSection(sections, 'metric'));
  const thisTrial = { title, outcome: requiredSection(sections, 'outcome') };
  return {
    number: Number(number),
    title,
    rung: rungOfTitle(title),
    metric,
    tasks,
    left: untriedRungs([...readTrials(sections), thisTrial], tasks),
    summary: readSummary(sections, metric),
  };
}

/** Short digests stand in the place of their summary. */
function readSummary(sections: Sections, metric: Metric): string {
  const summary = sections.get('summary of the log') ?? '';
  return /^## \S+: /.test(summary) ? summarizeDigest(summary, metric) : summary;
}
