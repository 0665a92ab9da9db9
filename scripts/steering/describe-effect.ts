import { isEnd } from '../../workflows/domain/experiment-state.ts';
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
  if (stage.kind === 'paused') {
    return 'Resumed: the next trial begins, after another version of the plan where one was asked for.';
  }
  if (stage.kind !== 'trial') return 'Resumed: it does not pause any more.';
  if (before.pause.when !== 'now') return `Resumed: it does not pause after trial ${stage.number} any more.`;
  return `Resumed: trial ${stage.number} ${goesOn(before.act)}.`;
}

function goesOn(act: Progress['act']): string {
  if (act === 'training') return 'trains on from its last checkpoint, without one from the start';
  return act === 'rehearsing' ? 'rehearses from the start' : 'goes on where it stopped';
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

/** The second half of a sentence. What ends an experiment ends a paused one, too; all else waits for the resume. */
export function decisionEffect({ id, before }: Omit<Change, 'after'>, choice: string): string {
  const consequence = consequences[choice] ?? 'and it goes on';
  const waits = before.pause !== null && choice !== 'stop' && choice !== 'finish';
  return waits ? `${consequence} once \`longrun resume ${id}\` ends the pause` : consequence;
}

const consequences: Record<string, string> = {
  approve: 'and the next trial follows this plan',
  revise: 'and the planner writes another version',
  stop: 'and the report is written',
  continue: 'and the next trial begins',
  finish: 'and the report is written',
};

function isEnding({ stage }: Progress): boolean {
  return stage.kind === 'reporting' || isEnd(stage);
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
