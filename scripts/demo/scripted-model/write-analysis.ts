import type { Analysis } from '../../../workflows/schema/analysis.ts';
import { describeResult } from './describe-result.ts';
import type { Rung } from './ladder.ts';
import { describeCause, type Failure } from './read-failure.ts';
import { readOutcome, type MeasuredOutcome, type Outcome } from './read-outcome.ts';
import { requiredSection, type Sections } from './read-prompt.ts';
import { addedUpdates, doneUpdates } from './task-updates.ts';
import { readTrialContext, type TrialContext } from './trial-context.ts';
import { shortened, uncapitalized, withJson } from './words.ts';

interface Judgement {
  paragraphs: string[];
  analysis: Analysis;
}

/** What one trial taught, and what it means for the plan. */
export function writeAnalysis(sections: Sections): string {
  const context = readTrialContext(sections);
  const outcome = readOutcome(requiredSection(sections, 'outcome'), context.metric);
  const { paragraphs, analysis } = judge(context, outcome);
  const { finding, reason } = analysis;
  return withJson(paragraphs, { ...analysis, finding: shortened(finding, 600), reason: shortened(reason, 400) });
}

function judge(context: TrialContext, outcome: Outcome): Judgement {
  switch (outcome.kind) {
    case 'measured':
      return judgeMeasured(context, outcome);
    case 'failed':
      return judgeFailed(context, outcome.failure);
    case 'stopped':
      return unjudged(
        `Trial ${context.number} was stopped on request before it had an outcome.`,
        'a trial that was stopped says nothing about the plan',
      );
  }
}

function judgeFailed({ number, title }: TrialContext, failure: Failure): Judgement {
  const cause = failure.error === null ? '' : ` The cause is ${describeCause(failure)}.`;
  const finding = `Trial ${number} (${title}) measured nothing: ${failure.headline}.${cause}`;
  return unjudged(finding, 'only the script has failed; it has to be mended before the idea behind it can be judged');
}

function unjudged(finding: string, reason: string): Judgement {
  return { paragraphs: [finding], analysis: { finding, verdict: 'continue', reason, taskUpdates: [] } };
}

/** A change within noise asks for another plan as long as there is something else to try. */
function judgeMeasured(context: TrialContext, outcome: MeasuredOutcome): Judgement {
  const { rung, tasks, left } = context;
  const isGoal = outcome.isTargetReached === true;
  const isFutile = outcome.standing.kind === 'withinNoise' && left.length > 0;
  const verdict = isGoal ? 'goalReached' : isFutile ? 'revisePlan' : 'continue';
  const added = verdict === 'continue' ? addedUpdates(left.slice(0, 1), tasks) : [];
  const finding = findingOf(context, outcome);
  return {
    paragraphs: [finding, ...describeResult(context, outcome), prospect(left, verdict)],
    analysis: {
      finding,
      verdict,
      reason: reasonOf(context, outcome, verdict),
      taskUpdates: [...doneUpdates(rung, tasks), ...added],
    },
  };
}

/** The report is read from findings: its words for the comparison are those that `readStanding` knows. */
function findingOf({ rung, title, metric }: TrialContext, { measurement, standing }: MeasuredOutcome): string {
  return `${rung?.change ?? title} gives ${metric.name} ${measurement.text}, ${standing.text}.`;
}

function reasonOf({ rung, metric, left }: TrialContext, outcome: MeasuredOutcome, verdict: string): string {
  const { measurement, standing, isTargetReached } = outcome;
  if (verdict === 'goalReached') return `${metric.name} ${measurement.text} reaches the target of ${metric.target}`;
  if (verdict === 'revisePlan') {
    const lesson = rung?.lever === 'capacity' ? 'capacity is not what limits the result' : 'this lever is exhausted';
    return `${lesson}: ${uncapitalized(rung?.change ?? 'the change')} is ${standing.text}`;
  }
  const target = isTargetReached === null ? 'there is no target' : `the target of ${metric.target} is not reached`;
  return left.length > 0 ? `${target}, and there is more to try` : `${target}, and nothing new is left to try`;
}

function prospect([next]: readonly Rung[], verdict: string): string {
  if (verdict === 'goalReached') return 'The target is reached by measured values.';
  if (verdict === 'revisePlan') return 'The plan should be looked at again before the next trial.';
  return next === undefined ? 'Nothing new is left on the list.' : `Next in line: ${uncapitalized(next.task)}.`;
}
