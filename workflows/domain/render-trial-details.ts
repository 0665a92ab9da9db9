import type { TrialStatus } from './guidance.ts';
import { describeHold } from './hold.ts';
import { describeStep, type TrialStep } from './trial.ts';

/** The Markdown that the Temporal Web UI shows of a trial. The UI cuts off the last line, hence the closing dot. */
export function renderTrialDetails(
  { number, step }: { number: number; step: TrialStep },
  { act, hold, spending }: TrialStatus,
  isHalted: boolean,
): string {
  return [
    `**Trial ${number}: ${describeStep(step)}**`,
    `${act ?? 'writing'}${isHalted ? ', paused: it stands still until the signal `resume`' : ''}`,
    ...(hold === null ? [] : [`**${describeHold(hold)}**`]),
    `${spending.calls} calls of language models, ${spending.inputTokens + spending.outputTokens} tokens`,
    '·',
  ].join('\n\n');
}
