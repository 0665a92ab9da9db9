import type { Progress } from '../../workflows/domain/progress.ts';
import { decideCommand } from './decide-command.ts';

/** An experiment before a person said something, and after it had taken that. */
export interface Change {
  id: string;
  before: Progress;
  after: Progress;
}

/* Each says in a sentence what a message does, and when, for the stage that the experiment is in. */

export function pauseEffect({ id, after }: Change): string {
  const { stage, act, pause } = after;
  const until = `nothing begins until \`longrun resume ${id}\``;
  if (isEnding(after)) return 'Taken, but nothing is left to pause: the report is being written.';
  if (stage.kind === 'paused') return `Paused: ${until}.`;
  if (stage.kind !== 'trial') return `Paused: what it is at (${inWords(after)}) goes on to its end, then ${until}.`;
  if (pause?.when !== 'now') return `Paused: trial ${stage.number} goes on to its end, then ${until}.`;
  if (act === 'training')
    return `Paused: trial ${stage.number} stops training at a checkpoint and frees its slot; ${until}.`;
  if (act === 'rehearsing') return `Paused: trial ${stage.number} stops rehearsing and frees its slot; ${until}.`;
  return `Paused: what trial ${stage.number} is at (${act ?? 'beginning'}) goes on to the next step, then ${until}.`;
}

export function resumeEffect({ id, before, after }: Change): string {
  const { stage, hold } = before;
  const decision = after.hold?.decision ?? null;
  if (decision !== null) return `Taken, but ${id} waits for a decision: ${decideCommand(id, decision)}.`;
  if (hold !== null && (hold.decision ?? null) === null) return 'Resumed: what it waits for is tried again at once.';
  if (before.pause === null) return `Taken, but nothing was paused: ${id} goes on as before.`;
  if (stage.kind === 'paused') return 'Resumed: the next trial begins.';
  if (stage.kind !== 'trial') return 'Resumed: it does not pause any more.';
  return before.pause.when === 'now'
    ? `Resumed: trial ${stage.number} goes on where it stopped.`
    : `Resumed: it does not pause after trial ${stage.number} any more.`;
}

export function stopEffect({ before }: Change): string {
  const { stage } = before;
  if (isEnding(before)) return 'Taken, but it ends already: the report is being written.';
  if (stage.kind === 'opening' || stage.kind === 'planning') {
    return 'Stops: no trial begins; with a plan it writes its report, without one it ends as failed.';
  }
  return stage.kind === 'trial'
    ? `Stops: trial ${stage.number} is ended and its trainings are stopped, then the report is written.`
    : 'Stops: no other trial begins, and the report is written.';
}

export function feedbackEffect({ id, after }: Change, message: number): string {
  const taken = `Taken as message ${message}`;
  if (isEnding(after)) return `${taken}: too late for a prompt, but the report has it unless that is out already.`;
  const waits = after.stage.kind === 'paused' || after.stage.kind === 'deciding';
  return waits ? `${taken}: it is in the next prompt, when ${id} goes on.` : `${taken}: it is in the next prompt.`;
}

function isEnding({ stage }: Progress): boolean {
  return stage.kind === 'reporting' || stage.kind === 'finished' || stage.kind === 'failed';
}

function inWords({ stage }: Progress): string {
  const words: Partial<Record<Progress['stage']['kind'], string>> = {
    opening: 'checking the input',
    planning: 'planning',
    recording: 'writing the log',
    revisingPlan: 'revising the plan',
    deciding: 'waiting for a decision',
  };
  return words[stage.kind] ?? 'choosing the next trial';
}
