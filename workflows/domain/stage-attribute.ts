import { isEnd } from './experiment-state.ts';
import type { Moment, Situation } from './progress.ts';

/** The stages by which people look for experiments: fewer than there are, so that few changes fill the history. */
export type StageAttribute = 'planning' | 'trials' | 'waiting' | 'paused' | 'reporting' | 'finished';

export function stageAttribute({ stage, hold, trial, mailbox }: Situation & Pick<Moment, 'mailbox'>): StageAttribute {
  if (hold !== null || trial.hold !== null) return 'waiting';
  if (mailbox.isHalted && stage.kind !== 'reporting' && !isEnd(stage)) return 'paused';
  switch (stage.kind) {
    case 'opening':
    case 'planning':
    case 'revisingPlan':
      return 'planning';
    case 'trial':
    case 'recording':
    case 'betweenTrials':
      return 'trials';
    case 'deciding':
      return 'waiting';
    case 'paused':
    case 'reporting':
      return stage.kind;
    case 'finished':
    case 'cancelled':
    case 'failed':
      return 'finished';
  }
}
