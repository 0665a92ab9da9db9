import { verdictInWords } from '../../workflows/domain/verdict-in-words.ts';
import type { ExperimentResult } from '../../workflows/experiment.ts';

/** "goal reached, best is trial 5 with val_error 1.52". */
export function describeResult({ bestTrial, metric, verdict }: ExperimentResult): string {
  const best =
    bestTrial === null
      ? 'nothing was measured'
      : `best is trial ${bestTrial.trial} with ${metric.name} ${bestTrial.mean}`;
  return `${verdictInWords[verdict]}, ${best}`;
}
