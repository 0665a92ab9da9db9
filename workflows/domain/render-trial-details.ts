import type { TrialAct, TrialStatus } from './guidance.ts';
import { describeHold } from './hold.ts';
import { describeStep, type TrialStep } from './trial.ts';

/**
 * The Markdown that the Temporal Web UI shows of a trial; `standing` is what it is at, or has come to. The UI cuts off
 * the last line, hence the closing dot.
 */
export function renderTrialDetails(
  { number, step }: { number: number; step: TrialStep },
  { hold, spending }: TrialStatus,
  standing: string,
): string {
  return [
    `**Trial ${number}: ${describeStep(step)}**`,
    standing,
    ...(hold === null ? [] : [`**${describeHold(hold)}**`]),
    `${spending.calls} calls of language models, ${spending.inputTokens + spending.outputTokens} tokens`,
    '·',
  ].join('\n\n');
}

export function actInWords(act: TrialAct, isHalted: boolean): string {
  return isHalted ? `${act}, paused: it goes on after the signal \`resume\`` : act;
}
